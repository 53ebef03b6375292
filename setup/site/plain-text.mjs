const NAMED = { lt: "<", gt: ">", quot: '"', amp: "&" };

/** The words of a piece of HTML. */
export function plainText(html) {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|quot|amp);/g, (_, name) => NAMED[name])
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
