import { escapeHtml } from "./escape-html.mjs";
import { relativeHref } from "./relative-href.mjs";
import { LANGUAGES, WORDS } from "./words.mjs";

/** Before the first paint: the theme that the reader chose, else the system's. */
const THEME = `{
  let chosen = null;
  try { chosen = localStorage.getItem("vitlab-theme"); } catch {}
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen ?? (dark ? "dark" : "light");
}`;

const SUN_AND_MOON = `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor"/></svg>`;

/**
 * A whole page around its body.
 *
 * @param page its path within the site
 * @param language of its words; `versions` are the paths of the same in each language
 * @param title as plain text
 * @param aside what stands beside the text where there is room
 */
export function frame({ page, language, versions, title, body, aside = "" }) {
  const words = WORDS[language];
  const to = (path) => relativeHref(page, path);
  const home = language === "en" ? "index.html" : `${language}/index.html`;
  const switches = Object.entries(versions).map(([other, path]) => {
    const current = other === language ? ' aria-current="true"' : "";
    return `<a href="${to(path)}" lang="${WORDS[other].lang}" hreflang="${WORDS[other].lang}"${current}>${LANGUAGES[other]}</a>`;
  });
  return `<!DOCTYPE html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<script>${THEME}</script>
<link rel="stylesheet" href="${to("assets/site.css")}">
<link rel="icon" href="data:,">
<script src="${to("assets/site.js")}" defer></script>
</head>
<body>
<a class="skip" href="#text">${words.skip}</a>
<header class="bar">
<a class="home" href="${to(home)}">${words.site}</a>
<nav aria-label="${words.languages}">${switches.join("")}</nav>
<button type="button" class="theme" aria-label="${words.theme}" title="${words.theme}" hidden>${SUN_AND_MOON}</button>
</header>
<div class="page">
${aside}<main id="text">
${body}</main>
</div>
</body>
</html>
`;
}
