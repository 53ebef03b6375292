/** What every figure shares: one typeface, one set of inks, colors that stay apart for color-blind readers. */
export const theme = {
  /** The first is shipped as a file; the others are what readers' machines have. */
  fontFamily: "Open Sans, Helvetica Neue, Arial, sans-serif",
  titleSize: 16,
  axisTitleSize: 13,
  labelSize: 12,
  ink: "#1f2933",
  mutedInk: "#52606d",
  /** For figures that are pictures, with one set of colors and no ground: 4.6 to 1 on white, 4.1 to 1 on a dark page. */
  pictureInk: "#6b7785",
  gridLine: "#e4e7eb",
  axisLine: "#9aa5b1",
  background: "#ffffff",
  /** Below words that stand on lines; a shade off the background, so that it has a dark form where white means white. */
  veil: "#fefefe",
  /** JupyterLab's own, in its dark theme. */
  darkBackground: "#111111",
  emphasis: "#d55e00",
  right: "#008a63",
  wrong: "#c8321f",
  /** Okabe and Ito, "Color Universal Design" (2008), without yellow and black, in an order that keeps neighbors apart. */
  palette: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"],
} as const;

/** What inks become on a dark ground; the other colors can be read on both. */
export const darkColors: Readonly<Record<string, string>> = {
  [theme.ink]: "#e6e9ed",
  [theme.mutedInk]: "#aab4bf",
  [theme.gridLine]: "#2f363d",
  [theme.axisLine]: "#6b7785",
  [theme.veil]: "#121212",
  [theme.palette[0]]: "#4ba3e3",
};

/** The color of series `index`. */
export function paletteColor(index: number): string {
  return theme.palette[index % theme.palette.length]!;
}
