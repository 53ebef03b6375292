/** What every figure shares: one typeface, one set of inks, colours that stay apart for colour-blind readers. */
export const theme = {
  /** The first is shipped as a file; the others are what readers' machines have. */
  fontFamily: "Open Sans, Helvetica Neue, Arial, sans-serif",
  titleSize: 16,
  axisTitleSize: 13,
  labelSize: 12,
  ink: "#1f2933",
  mutedInk: "#52606d",
  gridLine: "#e4e7eb",
  axisLine: "#9aa5b1",
  background: "#ffffff",
  emphasis: "#d55e00",
  right: "#008a63",
  wrong: "#c8321f",
  /** Okabe and Ito, "Color Universal Design" (2008), without yellow and black, in an order that keeps neighbours apart. */
  palette: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"],
} as const;

/** The colour of series `index`. */
export function paletteColor(index: number): string {
  return theme.palette[index % theme.palette.length]!;
}
