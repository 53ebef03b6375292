import { join } from "node:path";

/** What comes along with vitlab's code lies beside it. */
const FOLDER = join(__dirname, "..", "..", "..", "data");

/** The path of a file or folder that comes along with vitlab, such as `shipped("models")`. */
export function shipped(...names: readonly string[]): string {
  return join(FOLDER, ...names);
}
