import { existsSync } from "node:fs";
import path from "node:path";

/** Whether this vitlab is a clone of the project, and not a package in somebody's `node_modules`. */
export const isClone = existsSync(path.join(__dirname, "..", "..", "..", "package-lock.json"));

/** What brings the native engine: the set-up of the whole project in its clone, that of the engine elsewhere. */
export const setUpCommand = isClone ? "`npm start`" : "`npx vitlab setup`";
