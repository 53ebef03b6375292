import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A cell of a notebook, as its file has it. */
export type Cell = object;

export const markdownCell = (...lines: string[]): Cell => ({
  cell_type: "markdown",
  metadata: {},
  source: lines.map((line, i) => (i < lines.length - 1 ? `${line}\n` : line)),
});

export const codeCell = (source: string, ...outputs: object[]): Cell => ({
  cell_type: "code",
  execution_count: null,
  metadata: {},
  source,
  outputs,
});

/** An output that shows data of several kinds. */
export const shown = (data: object, metadata: object = {}): object => ({ output_type: "display_data", data, metadata });

export const stream = (text: string | string[], name = "stdout"): object => ({ output_type: "stream", name, text });

/** Writes a file below a folder, a notebook of its cells. */
export function write(folder: string, path: string, content: string | readonly Cell[]): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const text =
    typeof content === "string"
      ? content
      : JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: content });
  writeFileSync(file, text);
}
