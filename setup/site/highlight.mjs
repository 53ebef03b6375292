import { createCssVariablesTheme, createHighlighter } from "shiki";
import { escapeHtml } from "./escape-html.mjs";

const NAMES = {
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  py: "python",
  sh: "shellscript",
  bash: "shellscript",
  shell: "shellscript",
  md: "markdown",
};
const LANGUAGES = [
  "typescript",
  "javascript",
  "python",
  "json",
  "shellscript",
  "html",
  "css",
  "yaml",
  "toml",
  "markdown",
];

/**
 * Makes `highlight(code, language)`: a `<pre>` whose colors are the page's (`--code-token-keyword` …), each line in an
 * element of its own, with ids `L1` … where `numbered`. A language by its name or by a file's ending; another stays plain.
 */
export async function makeHighlight() {
  const theme = createCssVariablesTheme({ name: "vitlab", variablePrefix: "--code-" });
  const highlighter = await createHighlighter({ themes: [theme], langs: LANGUAGES });
  return (code, language = "", { numbered = false } = {}) => {
    const lang = NAMES[language] ?? language;
    if (!LANGUAGES.includes(lang)) return `<pre class="code"><code>${escapeHtml(code)}</code></pre>`;
    return highlighter.codeToHtml(code, {
      lang,
      theme: "vitlab",
      // However busy the machine is, a page is the same.
      tokenizeTimeLimit: 0,
      // Which of them scroll is known in the page.
      tabindex: false,
      transformers: [
        {
          pre(node) {
            node.properties = { class: "code" };
          },
          line(node, line) {
            if (numbered) node.properties.id = `L${line}`;
          },
        },
      ],
    });
  };
}
