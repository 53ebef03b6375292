import { explorerFrame } from "./explorer-frame.mjs";
import { frame } from "./frame.mjs";
import { relativeHref } from "./relative-href.mjs";
import { WORDS } from "./words.mjs";

/** The site's first page in a language: what there is, what one learns, how long it takes. */
export function indexPage({ page, language, versions, notebooks, table }) {
  const words = WORDS[language];
  const items = notebooks.map((notebook) => {
    const foreign = notebook.language === language ? "" : ` lang="${WORDS[notebook.language].lang}"`;
    const mark = foreign ? words.untranslated : "";
    const [first, ...rest] = notebook.learns;
    const learns =
      rest.length > 0
        ? `<ul>${notebook.learns.map((text) => `<li>${text}</li>`).join("")}</ul>`
        : first
          ? `<p>${first}</p>`
          : "";
    const time = notebook.time ? `<p class="time">${notebook.time}</p>` : "";
    return `<li><span class="number" aria-hidden="true">${notebook.number}</span><div${foreign}>
<h2><a href="${relativeHref(page, notebook.page)}">${notebook.title}</a>${mark}</h2>
${learns}${time}</div></li>
`;
  });
  const body = `<section class="prose lead">
<h1>${words.title}</h1>
<p>${words.about}</p>${table ? `\n<p><a href="${relativeHref(page, table)}">${words.articleTable}</a></p>` : ""}
</section>
<ol class="notebooks" aria-label="${words.contents}">
${items.join("")}</ol>
<section class="cell">
<h2 id="explorer">${words.explorerTitle}</h2>
${explorerFrame(page, language)}</section>
<footer>${words.run}</footer>
`;
  return frame({ page, language, versions, title: `${words.title} – ${words.site}`, body });
}
