import { readFileSync } from "node:fs";

/** The site's style: the figures' colors, in both themes, then site.css. */
export function styleSheet({ theme, darkColors }) {
  const both = (color) => `light-dark(${color}, ${darkColors[color] ?? color})`;
  const variables = {
    ground: `light-dark(${theme.background}, ${theme.darkBackground})`,
    ink: both(theme.ink),
    muted: both(theme.mutedInk),
    line: both(theme.gridLine),
    edge: both(theme.axisLine),
    accent: both(theme.palette[0]),
    fonts: theme.fontFamily,
  };
  const lines = Object.entries(variables).map(([name, value]) => `  --${name}: ${value};\n`);
  return `:root {\n${lines.join("")}}\n${readFileSync(new URL("front/site.css", import.meta.url), "utf8")}`;
}
