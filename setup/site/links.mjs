import { readFileSync, statSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { relativeHref } from "./relative-href.mjs";

const TEXTS = new Set([
  ".ts",
  ".mts",
  ".js",
  ".mjs",
  ".cjs",
  ".py",
  ".json",
  ".md",
  ".txt",
  ".yaml",
  ".yml",
  ".toml",
  ".css",
]);
const LARGEST = 400_000;
const PICTURES = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};

/**
 * Where links lead that a file of the project has, in the site.
 *
 * @param notebooks pages of notebooks by their paths in the project
 */
export class Links {
  #root;
  #notebooks;
  /** Pages of other files that were asked for, by their paths in the project. */
  sources = new Map();

  constructor(root, notebooks) {
    this.#root = root;
    this.#notebooks = notebooks;
  }

  /**
   * The address of a link in the file `from`, for its page; undefined where the site has nothing to show. Of the project's
   * texts those get a page that are asked for here, unless `known` takes those alone that have one.
   */
  resolve(href, { from, page, known = false }) {
    if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith("//"))
      return /^(https?|mailto):/i.test(href) ? href : undefined;
    const [path, anchor] = [href.replace(/[?#].*$/s, ""), href.match(/#.*$/s)?.[0] ?? ""];
    if (path === "") return href;
    const found = this.pageOf(within(from, path), known);
    return found === undefined ? undefined : relativeHref(page, found) + anchor;
  }

  /** The bytes of a picture that a link in `from` names, `{ mime, data }`; undefined where there is none. */
  picture(href, { from }) {
    const path = within(from, href);
    const mime = PICTURES[extname(path).toLowerCase()];
    if (!mime || !this.#isFile(path)) return undefined;
    return { mime, data: readFileSync(join(this.#root, path)) };
  }

  /** The page of a file of the project, or of a folder's README.md; undefined where the site has none. */
  pageOf(path, known = false) {
    const notebook = this.#notebooks.get(path);
    if (notebook) return notebook;
    const file = this.#isFile(path) ? path : posix.join(path, "README.md");
    if (known || this.sources.has(file)) return this.sources.get(file);
    if (!this.#isFile(file) || !TEXTS.has(extname(file)) || this.#size(file) > LARGEST) return undefined;
    const page = `source/${file}.html`;
    this.sources.set(file, page);
    return page;
  }

  #isFile(path) {
    if (path.startsWith("../") || path.includes("node_modules/")) return false;
    return statSync(join(this.#root, path), { throwIfNoEntry: false })?.isFile() === true;
  }

  #size(path) {
    return statSync(join(this.#root, path)).size;
  }
}

function within(from, path) {
  return posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, "");
}
