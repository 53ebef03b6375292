import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";
import { findChromium } from "../../tests/kernel/browser/chromium.mjs";
import { openExplorer, startBrowser } from "../../tests/kernel/browser/open-page.mjs";
import { quantile } from "./statistics.mjs";

const openings = 7;

/** What is pressed for an edit: with which tool, and which elements, one after the other; then once more each. */
const EDITS = {
  "a patch painted out": ["paint", "[role=gridcell][data-patch]"],
  "a head switched": ["off", "[data-head]"],
  "an MLP switched": ["off", "[data-mlp]"],
  "a block switched": ["off", "[data-block]"],
};

/** The explorer of vit-cifar10 as a page: until its first picture, and from a press to the pixels that answer it. */
export async function benchExplorer(args) {
  if (!findChromium()) throw new Error("no Chromium here: install one, or name it in $CHROMIUM");
  const [engine = "wasm"] = args;
  const folder = mkdtempSync(join(tmpdir(), "vitlab-explorer-"));
  const file = join(folder, "explorer.html");
  const browser = await startBrowser();
  try {
    const command = [join(root, "dist", "cli", "main.js"), "explore", "vit-cifar10", "--out", file];
    if (spawnSync(process.execPath, command, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0)
      throw new Error("vitlab explore failed: run `npm run build` first");
    const after = `?engine=${engine}`;
    const firsts = [];
    for (let i = 0; i < openings; i++) {
      const { page, close } = await openExplorer(browser, file, { after });
      firsts.push(await page.evaluate(shown));
      await close();
    }
    const { page, close } = await openExplorer(browser, file, { after });
    const thread = await threadTime(page);
    const [times, busy] = [{}, {}];
    for (const [name, edit] of Object.entries(EDITS)) {
      const before = await thread();
      times[name] = await page.evaluate(pressed, edit);
      // Each is pressed a second time, to undo it.
      busy[name] = ((await thread()) - before) / (2 * times[name].length);
    }
    await close();
    const megabytes = (statSync(file).size / 1e6).toFixed(1);
    console.log(`explorer.html of vit-cifar10: ${megabytes} MB, engine ${engine}, ${availableParallelism()} cores\n`);
    console.log(
      "| from | to new pixels: median, ms | slowest, ms | processor, ms | times |\n| --- | --: | --: | --: | --: |",
    );
    const row = (name, all, own = "") =>
      console.log(
        `| ${name} | ${quantile(all, 0.5).toFixed(0)} | ${Math.max(...all).toFixed(0)} | ${own} | ${all.length} |`,
      );
    row("opening the page", firsts);
    for (const [name, all] of Object.entries(times)) row(name, all, busy[name].toFixed(0));
    row("any of these edits", Object.values(times).flat());
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the page: when the first picture was there, in milliseconds from the start of the navigation. */
async function shown() {
  for (;;) {
    const [mark] = performance.getEntriesByName("explorer shown");
    if (mark) return mark.startTime;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What tells the processor time of the page's thread until now, in milliseconds: others on the machine don't add to it. */
async function threadTime(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  };
}

/** In the page: from each press to the frame that shows its answer, in milliseconds. */
async function pressed([tool, selector]) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const waits = () => document.querySelector(".vx-waits").dataset.on === "true";
  const press = async (element) => {
    const start = performance.now();
    element.click();
    if (!waits()) throw new Error(`a press on ${element.outerHTML.slice(0, 100)} asked nothing`);
    while (waits()) await new Promise((resolve) => setTimeout(resolve));
    await frame();
    return performance.now() - start;
  };
  document.querySelector(`[data-tool=${tool}]`).click();
  const all = [...document.querySelectorAll(selector)].slice(0, 20);
  const times = [];
  for (const element of all) times.push(await press(element));
  // On again, and the patches as they were.
  for (const element of all) await press(element);
  return times;
}
