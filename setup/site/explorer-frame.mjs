import { relativeHref } from "./relative-href.mjs";
import { WORDS } from "./words.mjs";

/** Where the explorer's own page stands in the site. */
export const EXPLORER_PAGE = "assets/explorer.html";

/** The explorer within a page, in the page's language. */
export function explorerFrame(page, language) {
  const words = WORDS[language];
  const src = `${relativeHref(page, EXPLORER_PAGE)}?language=${language}`;
  return `<figure class="explorer">
<iframe src="${src}" title="${words.explorerFrame}" loading="lazy" allow="clipboard-write"></iframe>
<figcaption>${words.explorer} <a href="${src}">${words.explorerAlone}</a></figcaption>
</figure>
`;
}
