import { inLanguage } from "../base/language";
import { plainText } from "../base/plain-text";
import { shortenToBytes } from "../base/text-table";

/** A figure's words are read aloud and kept in notebooks: they take fewer bytes than 1,000. */
const MOST_BYTES = 999;
const TITLE_BYTES = 200;
const MORE_BYTES = 24;

/**
 * What a figure says in words, a fact a line: its title, what is seen as a whole, then `each`, what is said of many alike,
 * of which as many lines are kept as fit, and `after`.
 */
export function figureText(
  [title = "", ...whole]: readonly string[],
  each: readonly string[] = [],
  after: readonly string[] = [],
): string {
  const before = [shortenToBytes(title, TITLE_BYTES), ...whole];
  const bytes = (line: string) => new TextEncoder().encode(line.split("\n").map(plainText).join("\n")).length + 1;
  const sum = (lines: readonly string[]) => lines.reduce((total, line) => total + bytes(line), 0);
  let room = MOST_BYTES - sum(before) - sum(after);
  if (sum(each) <= room) return [...before, ...each, ...after].join("\n");
  room -= MORE_BYTES;
  const end = each.findIndex((line) => {
    room -= bytes(line);
    return room < 0;
  });
  return [
    ...before,
    ...each.slice(0, end),
    inLanguage({ en: `… and ${each.length - end} more`, zh: `……另有 ${each.length - end} 项` }),
    ...after,
  ].join("\n");
}

/** The beginning of words that someone else wrote, where they are too many. */
export function shortFigureText(text: string): string {
  return shortenToBytes(text, MOST_BYTES);
}
