import { escapeHtml, shortenToBytes } from "../base/text-table";
import type { Figure, MimeBundle } from "./figure";
import { ImageFigure } from "./image-figure";

/** What a screen reader or a terminal is read at once. */
const MOST_BYTES = 1000;

/** A figure with a sentence of its own before the figure's words. */
export async function figureBundle(figure: Figure, words: string): Promise<MimeBundle> {
  const { data, metadata } = await figure.bundle();
  return { data: { ...data, "text/plain": plainText([words, figure.text]) }, metadata };
}

/** A page part: figures and tables below each other, and words. */
export function htmlBundle(parts: readonly string[], words: readonly string[]): MimeBundle {
  return { data: { "text/html": parts.join("\n"), "text/plain": plainText(words) }, metadata: {} };
}

/** Words alone. */
export function wordsBundle(words: string): MimeBundle {
  return { data: { "text/plain": plainText([words]) }, metadata: {} };
}

/** A figure as an image inside a page. */
export async function figureHtml(figure: Figure): Promise<string> {
  const alt = `alt="${escapeHtml(figure.text)}"`;
  // The SVG of a figure that is a PNG has that in it: a third larger, and in a page once more.
  if (figure instanceof ImageFigure) {
    const png = (await figure.png()).toString("base64");
    return `<img src="data:image/png;base64,${png}" width="${figure.width}" height="${figure.height}" ${alt}>`;
  }
  const svg = Buffer.from(await figure.svg()).toString("base64");
  return `<img src="data:image/svg+xml;base64,${svg}" ${alt}>`;
}

/** A sentence inside a page. */
export function paragraph(words: string): string {
  return `<p>${escapeHtml(words)}</p>`;
}

function plainText(lines: readonly string[]): string {
  return shortenToBytes(lines.join("\n"), MOST_BYTES);
}
