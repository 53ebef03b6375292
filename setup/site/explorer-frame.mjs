import { relativeHref } from "./relative-href.mjs";
import { WORDS } from "./words.mjs";

/** The models that have an explorer in the site, the first wherever none is named. */
export const EXPLORED = ["vit-shapes", "vit-needle"];

/** Where the explorer of a model has its own page in the site. */
export function explorerPage(model) {
  return `assets/explorer-${model}.html`;
}

/** The explorer of a model within a page, in the page's language. */
export function explorerFrame(page, language, model = EXPLORED[0]) {
  const words = WORDS[language];
  const src = `${relativeHref(page, explorerPage(model))}?language=${language}`;
  return `<figure class="explorer">
<iframe src="${src}" title="${words.explorerFrame(model)}" loading="lazy" allow="clipboard-write"></iframe>
<figcaption>${words.explorer(model)} <a href="${src}">${words.explorerAlone}</a></figcaption>
</figure>
`;
}
