const ENTITIES = { lt: "<", gt: ">", quot: '"', nbsp: " ", amp: "&" };
const LONGEST_HTML = 10_000;

/** What text alone can show, where a bundle has nothing for it: consoles show nothing else. */
export function withText(data: Record<string, unknown>): Record<string, unknown> {
  if ("text/plain" in data) return data;
  const { "text/html": html, "text/markdown": markdown, "text/latex": latex } = data;
  const words = typeof html === "string" ? textOfHtml(html) : undefined;
  const text = [words, markdown, latex].find((one) => typeof one === "string" && one !== "");
  const types = Object.keys(data);
  if (types.length === 0) return data;
  return { ...data, "text/plain": text ?? `[${types.join(", ")}]` };
}

/** The words of HTML, a line for each block; the beginning of a long one. */
function textOfHtml(html: string): string {
  return html
    .slice(0, LONGEST_HTML)
    .replace(/<(style|script)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->/gi, "")
    .replace(/<(br|\/p|\/div|\/tr|\/li|\/h\d)\b[^>]*>/gi, "\n")
    .replace(/<\/t[dh]\s*>/gi, " ")
    .replace(/<[^>]*>?/g, "")
    .replace(/&(lt|gt|quot|nbsp|amp);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name])
    .replace(/[^\S\n]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}
