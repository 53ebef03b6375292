import { createRequire } from "node:module";
import type * as ResvgModule from "@resvg/resvg-js";
import { fontFiles, isShippedText } from "./fonts";

const load = createRequire(__filename);

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
      loadSystemFonts: !isShippedText(svg),
    },
  });
  return image.render().asPng();
}
