import { createRequire } from "node:module";
import type * as ResvgModule from "@resvg/resvg-js";
import { fontFiles } from "./fonts";

const load = createRequire(__filename);

// What the shipped typeface has: Latin, Greek, Cyrillic, punctuation, currencies, common mathematical signs.
const BEYOND_SHIPPED_FONT =
  /[^\s!-\u052f\u1e00-\u1eff\u2000-\u2026\u2030-\u205f\u2070-\u209c\u20a0-\u2126\u2202-\u2265]/;

/** Draws an SVG document as a PNG file, `scale` pixels for each of its own. */
export function svgToPng(svg: string, scale: number): Buffer {
  const { Resvg } = load("@resvg/resvg-js") as typeof ResvgModule;
  // resvg knows the older of the two names for "do not smooth".
  const document = svg.replaceAll("image-rendering:pixelated", "image-rendering:optimizeSpeed");
  const image = new Resvg(document, {
    fitTo: { mode: "zoom", value: scale },
    font: {
      fontFiles: fontFiles(),
      defaultFontFamily: "Open Sans",
      sansSerifFamily: "Open Sans",
      // Looking through the machine's own fonts is slow, and differs from machine to machine.
      loadSystemFonts: BEYOND_SHIPPED_FONT.test(svg),
    },
  });
  return image.render().asPng();
}
