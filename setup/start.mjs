// `npm start`: set-up, then JupyterLab on the first notebook. Further arguments go to JupyterLab.

import { readdirSync } from "node:fs";
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
    notebook: firstNotebook(),
    uid: process.getuid?.(),
    display: hasDisplay(),
  });
  return await serveLab({ python, args });
});

function firstNotebook() {
  const names = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));
  return names.length > 0 ? `notebooks/${names.sort()[0]}` : undefined;
}
