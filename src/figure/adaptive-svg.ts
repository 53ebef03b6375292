import { darkColors, theme } from "./theme";

/** Marks the figures' SVG documents, so that their style touches nothing else of a page that takes them in. */
const CLASS = "vitlab-figure";

/**
 * The SVG document of a plot with a second set of colors for dark pages. As a picture (`<img>`) it follows the
 * `color-scheme` of the page around it, as a document of its own the reader's system, inside a page's HTML that page.
 *
 * It paints its own ground in both, so that it can be read wherever it lands; a viewer that doesn't know `light-dark()`
 * sees the light one.
 */
export function adaptiveSvg(svg: string): string {
  const rules = Object.entries(darkColors).flatMap(([light, dark]) =>
    (["fill", "stroke"] as const)
      .filter((property) => svg.includes(`${property}:${light}`))
      .map(
        (property) => `.${CLASS} [style*="${property}:${light}"]{${property}:light-dark(${light},${dark})!important}`,
      ),
  );
  const ground = `.${CLASS}>rect{fill:light-dark(${theme.background},${theme.darkBackground})!important}`;
  const style = `<style>svg:root{color-scheme:light dark}${ground}${rules.join("")}</style>`;
  return svg.replace(/^<svg\b([^>]*)>/, `<svg class="${CLASS}"$1>${style}`);
}
