import { existsSync } from "node:fs";
import { join } from "node:path";

/** Whether this vitlab is a clone of the project, and not a package in somebody's `node_modules`. */
export const isClone = existsSync(join(__dirname, "..", "..", "..", "package-lock.json"));
