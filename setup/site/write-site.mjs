import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { assets } from "./assets.mjs";
import { EXPLORED, explorerPage } from "./explorer-frame.mjs";
import { makeHighlight } from "./highlight.mjs";
import { makeMarkdown } from "./markdown.mjs";
import { checkPlace, placeSite } from "./place-site.mjs";
import { sitePages } from "./site-pages.mjs";

/**
 * Writes the site of the notebooks in the folder `from` into a folder, whole or not at all; resolves to what a step says of it.
 *
 * @throws SetupError when the folder holds anything else than a site.
 */
export async function writeSite(out, { report, from = root } = {}) {
  checkPlace(out);
  report?.working("the program, Plotly and the explorers");
  const [shared, explorers, highlight] = await Promise.all([
    assets(),
    Promise.all(EXPLORED.map(async (model) => [explorerPage(model), await explorerOf(model)])),
    makeHighlight(),
  ]);
  report?.working("the notebooks' pages");
  const files = sitePages({ root: from, highlight, markdown: makeMarkdown({ highlight }) });
  const count = [...files.keys()].filter((path) => path.endsWith(".html")).length;
  for (const [path, content] of [...shared, ...explorers]) files.set(path, content);
  placeSite(files, out);
  return { text: `${count} pages; open ${join(relative(process.cwd(), out), "index.html")} in a browser` };
}

/** The explorer of a model that comes along, with ten images of those that it was trained on, drawn. */
async function explorerOf(model) {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-site-"));
  try {
    const file = join(folder, "explorer.html");
    const program = join(root, "dist", "cli", "main.js");
    const { ok, output } = await run(process.execPath, [program, "explore", model, "--out", file], {
      cwd: root,
    });
    if (!ok) throw new SetupError(`the explorer's page can't be made: ${lastWords(output)}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
