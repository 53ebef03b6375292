import { measureText, type TextStyle } from "./fonts";

/** The beginning of a line of text that is wider than `width` pixels, with an ellipsis. */
export function shortenToWidth(line: string, width: number, style: TextStyle): string {
  if (measureText(line, style).width <= width) return line;
  let end = line.replace(/…$/, "");
  while (end.length > 1 && measureText(`${end}…`, style).width > width) end = end.slice(0, -1);
  return `${end.replace(/[\uD800-\uDBFF]$/, "")}…`;
}
