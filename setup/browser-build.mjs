import { join } from "node:path";
import { root } from "./paths.mjs";

/** How esbuild makes one file of what runs in a browser. */
export const browserBuild = {
  bundle: true,
  platform: "browser",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  tsconfig: join(root, "tsconfig.front.json"),
};
