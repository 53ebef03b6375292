/**
 * Text of others (labels, names of folders and files, titles) on its way out, so that it says what it says and does nothing:
 * in a terminal, in XML and HTML, in Markdown, in a Plotly figure.
 */

/** Control characters, line and paragraph separators, half surrogates, changes of the writing direction, and what is no character. */
const ACTIVE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/gu;

/** The same text as one line for a terminal: of a control character its picture (␛, ␊), of others the sign for what can't be shown. */
export function plainText(text: string): string {
  return text.replace(ACTIVE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** The same for a text of several lines, each of which one knows to be one. */
export function plainLines(text: string): string {
  return text.split("\n").map(plainText).join("\n");
}

/** JSON with the same value whose characters a terminal only shows. */
export function plainJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(ACTIVE, (character) => character.split("").map(escaped).join(""));
}

/** For the text or an attribute of an XML or HTML element; lines stay. */
export function forXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return xmlCharacters(text).replace(/[&<>"']/g, (sign) => entities[sign] as string);
}

/** A whole XML document without the characters that XML 1.0 has no way to write. */
export function xmlCharacters(document: string): string {
  return document.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (character) =>
    /[\t\n\r\u007f-\u009f]/.test(character) ? character : "\ufffd",
  );
}

/** For a title, a label or a name in a Plotly figure, whose texts are a kind of HTML and may hold TeX and places for numbers. */
export function forPlotly(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", $: "&#36;" };
  return plainText(text)
    .replace(/[&<>$]/g, (sign) => entities[sign] as string)
    .replaceAll("%{", "&#37;{");
}

/** For a sentence in Markdown: as it is where it is words, else as code, in which nothing is markup or a link. */
export function forMarkdown(text: string): string {
  const plain = plainText(text);
  if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,;:'’()%+/-]*$/u.test(plain) && !/:\/\/|www\./i.test(plain)) return plain;
  if (plain.trim() === "") return "` `";
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  // A fence must not touch a backtick of the text; one space on both sides is taken away again.
  const room = /^[` ]|[` ]$/.test(plain) ? " " : "";
  return `${fence}${room}${plain}${room}${fence}`;
}
