import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VitlabError } from "../base/error";

/** The compiled panels, whether this file is one of them or their source. */
const COMPILED = join(__dirname, "..", "..", "dist", "panels");

/**
 * What `npm run build` bundled of a panel for a browser: "front.js" for a notebook, "page.js" for a page of its own.
 *
 * @throws VitlabError when it isn't there.
 */
export function browserFile(panel: string, file: "front.js" | "page.js"): string {
  try {
    return readFileSync(join(COMPILED, panel, file), "utf8");
  } catch (error) {
    throw new VitlabError(
      `${panel}/${file}, which a browser is to run, can't be read (${(error as NodeJS.ErrnoException).code}): npm run build makes it anew`,
    );
  }
}
