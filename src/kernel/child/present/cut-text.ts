export interface TextLimits {
  readonly lines?: number;
  readonly characters?: number;
}

/** The beginning of a text that is too long to be read, and how much more there is. */
export function cutText(text: string, { lines = 500, characters = 20_000 }: TextLimits = {}): string {
  const end = endOfLine(text, lines);
  if (end === text.length && text.length <= characters) return text;
  const limit = Math.min(end, characters);
  // A cut between two lines reads best, unless it would take away most of what there is room for.
  const lastBreak = limit === end ? end : text.lastIndexOf("\n", limit);
  if (lastBreak < limit / 2) {
    const stop = betweenCharacters(text, limit);
    return `${text.slice(0, stop)}\n… ${count(text.length - stop)} more characters`;
  }
  const rest = countLines(text, lastBreak);
  return `${text.slice(0, lastBreak)}\n… ${count(rest)} more ${rest === 1 ? "line" : "lines"}`;
}

/** The beginning of a text on one line, ended by `…` where it was cut. */
export function cutLine(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, betweenCharacters(text, characters - 1))}…`;
}

/** 12345 as `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Offset of the end of the line number `lines` (from 1), or of the text. */
function endOfLine(text: string, lines: number): number {
  let offset = -1;
  for (let line = 0; line < lines; line++) {
    offset = text.indexOf("\n", offset + 1);
    if (offset === -1) return text.length;
  }
  return offset;
}

function countLines(text: string, from: number): number {
  let lines = 0;
  // A line break at the very end ends a line, and begins none.
  const last = text.length - 1;
  for (let at = text.indexOf("\n", from); at !== -1 && at < last; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Not between the two halves of a surrogate pair. */
function betweenCharacters(text: string, offset: number): number {
  const unit = text.charCodeAt(offset - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? offset - 1 : offset;
}
