import fs from "node:fs";
import path from "node:path";

/** A cell as it is stored. */
export interface Cell {
  cell_type: "code" | "markdown";
  id: string;
  metadata: Record<string, unknown>;
  source: string[];
  execution_count?: number | null;
  outputs?: { output_type: string; name?: string; data?: Record<string, unknown> }[];
}

/** A stored notebook. */
export interface Notebook {
  cells: Cell[];
  nbformat: number;
  nbformat_minor: number;
}

export const folder = path.join(__dirname, "..", "..", "notebooks");

/** Names of the project's own notebooks in a folder, such as `03-embedding.ipynb`; others are the reader's. */
export function ownNames(of = folder): string[] {
  if (!fs.existsSync(of)) return [];
  return fs
    .readdirSync(of)
    .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
    .sort();
}

export function readNotebook(file: string): Notebook {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Notebook;
}

export function textOf(cell: Cell): string {
  return cell.source.join("");
}

export function codeOf({ cells }: Notebook): Cell[] {
  return cells.filter((cell) => cell.cell_type === "code");
}
