import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LanguageInfo } from "../front/language";

const version = packageVersion(join(__dirname, "..", "..", "..", "package.json"));
const typescript = packageVersion(require.resolve("typescript/package.json"));

function packageVersion(file: string): string {
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** What kernel_info_reply says of the language. */
export const info: LanguageInfo = {
  implementation: "vitlab",
  implementation_version: version,
  banner: `TypeScript ${typescript} on Node.js ${process.versions.node} (vitlab ${version})`,
  help_links: [
    { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
    { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
  ],
  language_info: {
    name: "typescript",
    version: typescript,
    mimetype: "text/typescript",
    file_extension: ".ts",
    // A string: some clients cannot read CodeMirror's object form.
    codemirror_mode: "typescript",
    pygments_lexer: "typescript",
    nbconvert_exporter: "script",
  },
};
