import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { browserBuild } from "../browser-build.mjs";
import { packageFile, root } from "../paths.mjs";
import { styleSheet } from "./style-sheet.mjs";

const FONTS = ["400Regular", "400Regular_Italic", "600SemiBold"];

/** What all pages load: the style with its fonts, the program, and Plotly once. Resolves to their paths and contents. */
export async function assets() {
  const load = createRequire(import.meta.url);
  const { darkColors, theme } = load(join(root, "dist", "figure", "theme.js"));
  const fonts = FONTS.map((name) => {
    const file = `OpenSans_${name}.ttf`;
    return [`assets/${file}`, readFileSync(packageFile("@expo-google-fonts/open-sans", `${name}/${file}`))];
  });
  return new Map([
    ...fonts,
    ["assets/site.css", styleSheet({ theme, darkColors })],
    ["assets/site.js", await program()],
    ["assets/plotly.js", await plotly()],
  ]);
}

async function program() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("front/main.mjs", import.meta.url))],
    write: false,
    ...browserBuild,
    format: "iife",
    logLevel: "silent",
  });
  return outputFiles[0].text;
}

async function plotly() {
  const source = readFileSync(packageFile("plotly.js-dist", "plotly.js"), "utf8");
  const { minify, charset, legalComments } = browserBuild;
  const { code } = await transform(source, { minify, charset, legalComments, logLevel: "silent" });
  return code;
}
