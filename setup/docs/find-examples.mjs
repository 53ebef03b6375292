import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const DOCSTRING = /\/\*\*(?!\/).*?\*\//gs;
const FENCE = /^([ \t]*\*[ \t]*)```ts[ \t]*$(.*?)^[ \t]*\*[ \t]*```[ \t]*$/gms;

/**
 * The examples in the docstrings of one file's `text`, `{ file, line, program }` each: every block between ```ts and ```.
 *
 * `program` is the whole file with all but the example blanked, and so has the file's own lines and columns: what a compiler or
 * a stack trace says of the one holds for the other. `line` is the example's first.
 *
 * @throws Error for an @example without such a block: nothing would run it.
 */
export function examplesIn(file, text) {
  return [...text.matchAll(DOCSTRING)].flatMap(({ 0: docstring, index }) => {
    const found = [...docstring.matchAll(FENCE)].map((fence) => {
      const start = index + fence.index + fence[0].indexOf("\n") + 1;
      const code = fence[2].slice(1);
      // The asterisks at the margin go, and the place that they took stays.
      const shown = code.replace(/^[ \t]*\*/gm, (margin) => " ".repeat(margin.length));
      return { file, line: lineAt(text, start), program: `${blank(text.slice(0, start))}${shown}` };
    });
    const tag = docstring.search(/@example\b/);
    if (tag >= 0 && found.length === 0)
      throw new Error(`${file}:${lineAt(text, index + tag)}: the @example has no block between \`\`\`ts and \`\`\``);
    return found;
  });
}

/** The examples of all files in a folder, by paths relative to `root`. */
export function examplesOf(folder, root) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return examplesIn(relative(root, path).split(sep).join("/"), readFileSync(path, "utf8"));
    });
}

/** Nothing but the lines of a text. */
function blank(text) {
  return text.replace(/[^\n]+/g, "");
}

function lineAt(text, place) {
  return text.slice(0, place).split("\n").length;
}
