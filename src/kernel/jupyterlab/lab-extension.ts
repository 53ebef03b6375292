import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabExtensionFiles } from "../../base/node/lab-extension";

/** The name of the extension that shows in JupyterLab and Notebook 7 what the kernel knows of a cell that is being written. */
export const EDITING_EXTENSION = "vitlab-editing";

/** The files of that extension; its script is bundled by the build. */
export function editingExtension(): LabExtensionFiles {
  return {
    name: EDITING_EXTENSION,
    description: "Errors, signatures, definitions and renaming in TypeScript notebooks of vitlab's kernel",
    version: "1.0.0",
    kind: "extension",
    script: readFileSync(join(__dirname, "page.js"), "utf8"),
  };
}
