import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder that holds vitlab's package.json. */
export const packageRoot = join(__dirname, "..", "..", "..");

/** vitlab's own version. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }).version;
}
