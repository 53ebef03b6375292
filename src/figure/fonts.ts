import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Canvas from "@napi-rs/canvas";
import { shipped } from "../base/node/shipped";
import { theme } from "./theme";

const load = createRequire(__filename);
const OPEN_SANS = ["OpenSans-Regular", "OpenSans-SemiBold"].map((name) => shipped("fonts", `${name}.ttf`));

let canvas: typeof Canvas | undefined;
let ruler: Canvas.SKRSContext2D | undefined;

const CHINESE = shipped("fonts", "NotoSansSC");

/** Files of the typefaces that figures are set in: a bare machine has none of its own. */
export function fontFiles(): string[] {
  return [...OPEN_SANS, `${CHINESE}.ttf`];
}

// What Open Sans has: Latin, Greek, Cyrillic, punctuation, currencies, common mathematical signs.
const BEYOND_OPEN_SANS =
  /[^\s!-\u052f\u1e00-\u1eff\u2000-\u2026\u2030-\u205f\u2070-\u209c\u20a0-\u2126\u2202-\u2265]/gu;

let chinese: ReadonlySet<string> | undefined;

/** Whether the typefaces that are shipped have all characters of a text. */
export function isShippedText(text: string): boolean {
  const others = text.match(BEYOND_OPEN_SANS);
  if (!others) return true;
  chinese ??= new Set(readFileSync(`${CHINESE}.txt`, "utf8"));
  return others.every((character) => chinese?.has(character));
}

/** The canvas library, loaded when the first figure needs it, with the typefaces of the figures registered. */
export function loadCanvas(): typeof Canvas {
  if (!canvas) {
    canvas = load("@napi-rs/canvas") as typeof Canvas;
    for (const file of fontFiles())
      canvas.GlobalFonts.registerFromPath(file, file.startsWith(CHINESE) ? "Noto Sans SC" : "Open Sans");
  }
  return canvas;
}

/** How a piece of text is set. */
export interface TextStyle {
  /** Size in pixels. */
  size: number;
  /** 400 (regular) unless told. */
  weight?: number;
}

/** A text's style in the notation of CSS and canvas. */
export function cssFont({ size, weight = 400 }: TextStyle): string {
  // Named, so that Chinese looks the same where a machine has a typeface of its own for it.
  return `${weight >= 550 ? 600 : 400} ${size}px Open Sans, Noto Sans SC, ${theme.fontFamily}`;
}

/** Width of one line of text, and how far its typeface reaches above and below the base line, in pixels. */
export function measureText(text: string, style: TextStyle): { width: number; ascent: number; descent: number } {
  ruler ??= loadCanvas().createCanvas(1, 1).getContext("2d");
  ruler.font = cssFont(style);
  const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = ruler.measureText(text);
  return { width, ascent: fontBoundingBoxAscent, descent: fontBoundingBoxDescent };
}

/** Width in pixels of the widest of several texts. */
export function widestText(texts: readonly string[], style: TextStyle): number {
  return texts.reduce((widest, text) => Math.max(widest, measureText(text, style).width), 0);
}

/** How much wider a plot's text is where a reader's machine lacks the typeface of the figures: in DejaVu Sans, the widest. */
export function widening({ weight = 400 }: TextStyle): number {
  return weight >= 550 ? 1.2 : 1.12;
}

/** Room in pixels for the widest of several texts of a plot, in whichever typeface a reader's machine sets it. */
export function roomForText(texts: readonly string[], style: TextStyle): number {
  return Math.ceil(widestText(texts, style) * widening(style));
}
