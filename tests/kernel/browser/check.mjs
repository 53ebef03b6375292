// `node tests/kernel/browser/check.mjs [names]`: the kernel and the figures in JupyterLab and Notebook 7, and pages of their own,
// in a real browser.
// Pictures go to .setup/browser/ (or $PICTURES): look at them. The last line is always `N passed, N failed`.

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.mjs";
import { dashboardChecks } from "./dashboard-checks.mjs";
import { editingChecks } from "./editing-checks.mjs";
import { explanationChecks } from "./explanation-checks.mjs";
import { explorerChecks } from "./explorer-checks.mjs";
import { figureChecks } from "./figure-checks.mjs";
import { interactChecks } from "./interact-checks.mjs";
import { kernelChecks } from "./kernel-checks.mjs";
import { startLab, writeNotebook } from "./lab.mjs";
import { pageChecks } from "./page-checks.mjs";
import { panelChecks } from "./panel-checks.mjs";
import { readingChecks } from "./reading-checks.mjs";
import { siteChecks } from "./site-checks.mjs";
import { sweepChecks } from "./sweep-checks.mjs";
import { widgetChecks } from "./widget-checks.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const pictures = process.env.PICTURES ?? join(root, ".setup", "browser");
// Inside the project, so that cells can import vitlab.
const folder = mkdtempSync(join(root, ".setup", "lab-"));
const jupyter = join(root, ".venv", "bin", "jupyter");

if (!findChromium()) {
  console.error("No Chromium here: install one (Debian: apt-get install chromium), or name it in $CHROMIUM.");
  process.exit(1);
}
const wanted = process.argv.slice(2);
/** Reading all pages and notebooks takes long: it is done where it is asked for. */
const byNameAlone = (name) => name.startsWith("site: every page") || Object.hasOwn(readingChecks, name);
const checks = Object.entries({
  ...kernelChecks,
  ...editingChecks,
  ...figureChecks,
  ...explanationChecks,
  ...widgetChecks,
  ...explorerChecks,
  ...pageChecks,
  ...siteChecks,
  ...panelChecks,
  ...dashboardChecks,
  ...interactChecks,
  ...sweepChecks,
  ...readingChecks,
}).filter(([name]) => (wanted.length === 0 ? !byNameAlone(name) : wanted.some((part) => name.includes(part))));
// Pages of their own need no JupyterLab.
const needsLab = checks.some(([name]) => !Object.hasOwn({ ...pageChecks, ...siteChecks }, name));
const lab = needsLab ? await startLab({ jupyter, folder, pictures }) : undefined;
let [passed, failed] = [0, 0];
for (const [name, check] of checks) {
  const opened = [];
  const started = Date.now();
  const openFile = async (file, options = {}) => {
    const book = await (options.lab ?? lab).open(file, options);
    opened.push(book);
    return book;
  };
  const open = (title, sources, options) => {
    const file = `${title}.ipynb`;
    writeNotebook(join(folder, file), sources);
    return openFile(file, options);
  };
  try {
    await check({ open, openFile, lab, folder, jupyter, pictures });
    passed++;
    console.log(`✓ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}: ${error.message.split("\n")[0]}`);
    await opened[0]?.picture(`failed-${name.replace(/\W+/g, "-").slice(0, 60)}`).catch(() => {});
  }
  for (const book of opened) await book.close();
}
await lab?.close();
rmSync(folder, { recursive: true, force: true });
console.log(`Pictures: ${pictures}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
