import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../setup/paths.mjs";
import { SetupError } from "../setup/setup-error.mjs";
import { run } from "../setup/terminal/run.mjs";
import { findChromium } from "../tests/kernel/browser/chromium.mjs";
import { startLab, writeNotebook } from "../tests/kernel/browser/lab.mjs";
import { quantile, summary } from "./models/statistics.mjs";

const usage = "npm run bench -- interact [--moves N] [--json]";
const names = ["block", "head", "patch"];

const cells = [
  `import { attentionMap, datasetToTensor, drawExplanation, imageAt, interact, loadModel, shapes, slider, useEngine } from "vitlab";
await useEngine();
const { model } = await loadModel("vit-cifar10");
const dataset = shapes({ split: "test", count: 1 });
const x = datasetToTensor(dataset, { normalize: model.config.normalize });
const images = [imageAt(dataset, 0)];
const { depth, heads, imageSize, patchSize } = model.config;
const drawn: { from: number; map: number; to: number }[] = [];`,
  // Without the pictures on the way: one release, one picture.
  `const choose = (last: number) => slider(0, last, { continuousUpdate: false });
interact({ block: choose(depth - 1), head: choose(heads - 1), patch: choose((Number(imageSize) / Number(patchSize)) ** 2 - 1) }, ({ block, head, patch }) => {
  const from = Date.now();
  const found = attentionMap(model, x, { block, head, query: patch });
  const map = Date.now();
  const figure = drawExplanation(found, { images });
  drawn.push({ from, map, to: Date.now() });
  return figure;
})`,
  "console.log(JSON.stringify(drawn))",
];

/** How long it takes from letting a slider go in JupyterLab to the new picture of `interact`, and where the time goes. */
export async function benchInteract(args) {
  const { moves, json } = interactArguments(args);
  const found = await measure(moves);
  if (json) console.log(JSON.stringify(found));
  else console.log(table(found));
}

export function interactArguments(args) {
  try {
    const options = { moves: { type: "string", default: "50" }, json: { type: "boolean", default: false } };
    const { moves, json } = parseArgs({ args, options }).values;
    if (!/^[1-9]\d*$/.test(moves)) throw new Error(`--moves is ${moves}, not a whole number above 0`);
    return { moves: Number(moves), json };
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}

/** Milliseconds of each part, as Markdown. */
export function table(found) {
  const rows = Object.entries(found).map(([part, all]) => {
    const { median, q1, q3 } = summary(all);
    return `| ${part} | ${[median, q1, q3, quantile(all, 1)].map((time) => time.toFixed(0)).join(" | ")} |`;
  });
  const head = `| ${found.total.length} moves of ${names.join(", ")}, ms | median | first quartile | third quartile | slowest |`;
  return [head, "| --- | --: | --: | --: | --: |", ...rows].join("\n");
}

async function measure(moves) {
  const jupyter = join(root, ".venv", "bin", "jupyter");
  if (!findChromium()) throw new SetupError("there is no Chromium to measure with (Debian: apt-get install chromium)");
  const folder = mkdtempSync(join(root, ".setup", "bench-"));
  try {
    // The kernel of this tree, whatever `.venv` has.
    const install = [join(root, "dist", "cli", "main.js"), "kernelspec", "install", "--prefix", folder];
    const { ok, output } = await run(process.execPath, install);
    if (!ok) throw new SetupError(`the kernel can't be installed:\n${output.trimEnd()}`);
    process.env.JUPYTER_PATH = join(folder, "share", "jupyter");
    const lab = await startLab({ jupyter, folder, pictures: join(root, ".setup", "browser") });
    try {
      return await measureIn(lab, folder, moves);
    } finally {
      await lab.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureIn(lab, folder, moves) {
  writeNotebook(join(folder, "interact.ipynb"), cells);
  const book = await lab.open("interact.ipynb");
  await book.run(1);
  await book.idle();
  await book.run(2);
  await book.idle();
  await book.waitForFigure(2);
  await book.figure(2).scrollIntoViewIfNeeded();
  const found = {
    "from release to the cell": [],
    "forward pass": [],
    "map drawn": [],
    "from figure to pixels": [],
    total: [],
  };
  const shown = [];
  // The first round loads what the others have.
  for (let move = -names.length; move < moves; move++) {
    const times = await moveSlider(book, Math.abs(move) % names.length, (move + names.length) * 0.37);
    if (move >= 0) shown.push(times);
  }
  await book.picture("bench-interact");
  await book.run(3);
  await book.idle();
  const drawn = JSON.parse(await book.outputs(3)).slice(-moves);
  for (const [i, { released, seen }] of shown.entries()) {
    const { from, map, to } = drawn[i];
    found["from release to the cell"].push(from - released);
    found["forward pass"].push(map - from);
    found["map drawn"].push(to - map);
    found["from figure to pixels"].push(seen - to);
    found.total.push(seen - released);
  }
  await book.close();
  return found;
}

/** Pulls a slider by its handle to another value and lets it go; when that was, and when the page showed the picture. */
async function moveSlider(book, number, share) {
  const cell = book.cell(2);
  const { mouse } = book.page;
  const track = await cell.locator(".noUi-base").nth(number).boundingBox();
  const handle = await cell.locator(".noUi-handle").nth(number).boundingBox();
  const from = handle.x + handle.width / 2;
  // Into the other half and away from the middle, so that it is another value.
  const to = track.x + track.width * (((from - track.x) / track.width < 0.5 ? 0.7 : 0) + 0.3 * (share % 1));
  const y = handle.y + handle.height / 2;
  await mouse.move(from, y);
  await mouse.down();
  await mouse.move((from + to) / 2, y);
  await mouse.move(to, y);
  const shown = cell.evaluate(watch);
  await book.page.waitForTimeout(50);
  await mouse.up();
  return await shown;
}

/** In the page: waits for the release, then for another picture, then for the frame that shows it. */
async function watch(cell) {
  const now = () => performance.timeOrigin + performance.now();
  const picture = () => cell.querySelector(".jp-OutputArea-output img");
  const before = picture().src;
  const released = await new Promise((resolve) =>
    window.addEventListener("pointerup", () => resolve(now()), { capture: true, once: true }),
  );
  await new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!picture() || picture().src === before) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(cell, { subtree: true, childList: true, attributeFilter: ["src"] });
  });
  await picture().decode();
  await new Promise((resolve) => requestAnimationFrame(resolve));
  // After that frame is painted.
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  return { released, seen: now() };
}
