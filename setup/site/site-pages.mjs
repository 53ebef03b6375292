import { existsSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { chinese, ownNotebooks } from "../notebooks/arguments.mjs";
import { indexPage } from "./index-page.mjs";
import { Links } from "./links.mjs";
import { notebookPage } from "./notebook-page.mjs";
import { readNotebook } from "./read-notebook.mjs";
import { sourcePage } from "./source-page.mjs";

const INDEX = { en: "index.html", zh: "zh/index.html" };

/**
 * All pages of a site with their pictures, by their paths in it: of the notebooks in `notebooks/` and `notebooks/zh/` of the
 * folder `root`, of the files there that they name, and an index in each language.
 */
export function sitePages({ root, markdown, highlight }) {
  const all = Object.fromEntries(
    Object.keys(INDEX).map((language) => [language, notebooksIn(root, language, markdown)]),
  );
  for (const notebook of Object.values(all).flat()) {
    const versionIn = (language) => all[language].find(({ name }) => name === notebook.name)?.page ?? INDEX[language];
    notebook.versions = { en: versionIn("en"), zh: versionIn("zh") };
  }
  const files = new Map();
  const links = new Links(
    root,
    new Map(Object.values(all).flatMap((list) => list.map(({ path, page }) => [path, page]))),
  );
  const site = { root, files, links, markdown, highlight };
  for (const list of Object.values(all))
    for (const [i, notebook] of list.entries())
      files.set(notebook.page, notebookPage(notebook, { previous: list[i - 1], next: list[i + 1] }, site));
  for (const [language, page] of Object.entries(INDEX)) {
    const table = articleTable(root, language, links);
    const notebooks = listed(all, language);
    files.set(page, indexPage({ page, language, versions: INDEX, notebooks, table }));
  }
  // Last: by now it is known which files were named.
  for (const [file, page] of links.sources) files.set(page, sourcePage(file, page, site));
  return files;
}

function notebooksIn(root, language, markdown) {
  const folder = join(root, "notebooks", language === "en" ? "" : chinese);
  return ownNotebooks(folder).map((file) => ({
    ...readNotebook(file, markdown),
    language,
    path: relative(root, file).split(sep).join("/"),
    page: `${language === "en" ? "" : `${language}/`}${basename(file, ".ipynb")}.html`,
  }));
}

/** Those of a language, and the English ones that it lacks. */
function listed(all, language) {
  const names = new Set(all[language].map(({ name }) => name));
  const others = all.en.filter(({ name }) => !names.has(name));
  return [...all[language], ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The page of what the article says, with the cells that show it, where the project has that list. */
function articleTable(root, language, links) {
  const file = `notebooks/README${language === "en" ? "" : `.${language}`}.md`;
  return existsSync(join(root, file)) ? links.pageOf(file) : undefined;
}
