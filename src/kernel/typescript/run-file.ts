import { readFileSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { atHome } from "../at-home";

const ENDINGS = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".ipynb"];

/** A piece of a file that runs as a cell does, and the name that errors use for it. */
export interface FileCell {
  readonly code: string;
  readonly name: string;
}

interface NotebookCell {
  readonly cell_type?: string;
  readonly source?: string | readonly string[];
}

/** What `%run file` runs: the file as one cell, or the code cells of a notebook. Throws with a sentence when there is no such file or it is of another kind. */
export function cellsOfFile(file: string, folder: string): FileCell[] {
  const path = resolve(folder, atHome(file));
  const ending = extname(path);
  if (!ENDINGS.includes(ending)) {
    throw new Error(
      `%run runs TypeScript, JavaScript and notebooks, not ${basename(path)}: it may end in ${ENDINGS.join(", ")}.`,
    );
  }
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `%run can't read ${path} (${(error as NodeJS.ErrnoException).code}): give a file as seen from ${folder}.`,
    );
  }
  // V8 takes no space in the name of a script.
  const name = basename(path).replace(/\s/g, "_");
  return ending === ".ipynb" ? cellsOfNotebook(text, name) : [{ code: text.replace(/^#!.*/, ""), name }];
}

function cellsOfNotebook(text: string, name: string): FileCell[] {
  let cells: readonly NotebookCell[] | undefined;
  try {
    cells = (JSON.parse(text) as { cells?: readonly NotebookCell[] }).cells;
  } catch {
    // Told below.
  }
  if (!Array.isArray(cells)) throw new Error(`%run found no notebook in ${name}: it has no list of cells.`);
  return cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source = "" }: NotebookCell, i) => ({ code: [source].flat().join(""), name: `${name}[${i + 1}]` }))
    .filter(({ code }) => code.trim() !== "");
}
