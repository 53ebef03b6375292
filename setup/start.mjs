// `npm start`: set-up, then JupyterLab on the page of contents. Further arguments go to JupyterLab.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasDisplay, labArguments } from "./lab/arguments.mjs";
import { serveLab } from "./lab/serve.mjs";
import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";

await main(async () => {
  const { python } = await setUp();
  if (!python) {
    console.log("✗ JupyterLab cannot start without its Python environment: see the line about Python above");
    return 1;
  }
  const args = labArguments({
    given: process.argv.slice(2),
    root,
    page: contents(),
    uid: process.getuid?.(),
    display: hasDisplay(),
  });
  return await serveLab({ python, args });
});

/** In the reader's language, which the kernel reads as well. */
function contents() {
  const pages = /^zh\b/.test(process.env.VITLAB_LANG ?? "") ? ["notebooks/zh/README.md"] : [];
  return [...pages, "notebooks/README.md"].find((page) => existsSync(join(root, page)));
}
