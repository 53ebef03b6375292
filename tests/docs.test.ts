// What the documents say of each other and of the sources: that it is there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.join(__dirname, "..");
const documents = [
  ...readdirSync(path.join(root, "docs")).map((name) => `docs/${name}`),
  ...readdirSync(path.join(root, "src")).map((name) => `src/${name}/README.md`),
  "CHANGELOG.md",
  "CONTRIBUTING.md",
].filter((file) => file.endsWith(".md") && existsSync(path.join(root, file)));

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** The addresses that headings have, as GitHub makes them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );

it.each(documents)("%s leads to files that are there, and to headings in them", (file) => {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source ?? "",
  );
  const missing = links.filter((link) => {
    // Elsewhere, or a page that a reader makes.
    if (/^https?:|^explorer\.html/.test(link)) return false;
    const [place = "", anchor] = link.split("#");
    const target = place === "" ? file : path.posix.join(path.posix.dirname(file), place);
    if (!existsSync(path.join(root, target))) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchorsOf(read(target)).includes(anchor);
  });
  expect(missing).toEqual([]);
});

it("docs/architecture.md names each folder of src", () => {
  const folders = readdirSync(path.join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const text = read("docs/architecture.md");
  expect(folders.map(({ name }) => name).filter((name) => !text.includes(`\n    ${name} `))).toEqual([]);
});
