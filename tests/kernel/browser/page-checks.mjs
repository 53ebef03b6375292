// The explorer as a page of its own, opened from the disk without a network: what it computes and what a reader does with it.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openExplorer, startBrowser } from "./open-page.mjs";
import { check } from "./see.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const require = createRequire(import.meta.url);

/** One of each kind of edit, and all of them at once. */
const EDITS = {
  none: {},
  swapped: {
    swapped: [
      [3, 60],
      [10, 11],
    ],
  },
  shuffled: { shuffled: 7 },
  painted: { painted: [0, 5, 27, 28] },
  "positions dropped": { positions: "dropped" },
  "positions shuffled": { positions: 3 },
  heads: {
    heads: [
      [0, 1],
      [2, 0],
      [2, 1],
    ],
  },
  mlps: { mlps: [1, 2] },
  blocks: { blocks: [1] },
  temperature: { temperature: 0.5 },
  all: {
    swapped: [[1, 2]],
    shuffled: 1,
    painted: [9],
    positions: 2,
    heads: [[0, 0]],
    mlps: [2],
    blocks: [1],
    temperature: 2,
  },
};

const NUMBERS = ["answers", "unedited", "attention", "lens", "stream", "lengths", "pixels"];

/** Runs `use` with a browser and a folder that go afterwards. */
async function withBrowser(use) {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-page-"));
  const browser = await startBrowser();
  try {
    await use({ browser, folder, explore: (...args) => explore(folder, args) });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `vitlab explore MODEL …`; returns the page's path. */
function explore(folder, [model, ...args]) {
  const out = join(folder, `${model.replace(/\W+/g, "-")}.html`);
  const program = join(root, "dist", "cli", "main.js");
  const { status, stderr } = spawnSync(process.execPath, [program, "explore", model, "--out", out, ...args], {
    encoding: "utf8",
  });
  check(status === 0, `vitlab explore ${model} ended with ${status}: ${stderr}`);
  return out;
}

/** The page's own answer to a state, as plain lists. */
function viewIn(page, state) {
  return page.evaluate(
    ([asked, names]) => {
      const view = window.vitlabExplorer.view(asked);
      return { ...Object.fromEntries(names.map((name) => [name, [...view[name]]])), part: view.part };
    },
    [state, NUMBERS],
  );
}

const largestDifference = (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

/** What the answer line says, once it says something else than before. */
async function newAnswer(page, before) {
  await page.waitForFunction((old) => document.querySelector(".vx-says strong").textContent !== old, before, {
    timeout: 60_000,
  });
  return page.locator(".vx-says strong").textContent();
}

/** A JPEG file whose EXIF says that it is to be turned. */
function turned(jpeg, orientation) {
  const tiff = Buffer.from([
    ...[0x49, 0x49, 0x2a, 0, 8, 0, 0, 0],
    ...[1, 0],
    ...[0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0],
    ...[0, 0, 0, 0],
  ]);
  const body = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

async function chelsea() {
  const { Jimp } = await import("jimp");
  const picture = await Jimp.read(join(root, "data", "chelsea.png"));
  return picture.getBuffer("image/jpeg", { quality: 92 });
}

/** Drops a file on the page, as from a file manager. */
async function drop(page, selector, bytes, name) {
  const data = await page.evaluateHandle(
    ([base64, called]) => {
      const file = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([file], called));
      return transfer;
    },
    [bytes.toString("base64"), name],
  );
  await page.dispatchEvent(selector, "drop", { dataTransfer: data });
}

/** What an explorer's page does in a browser. */
export const pageChecks = {
  async "explorer page: opens offline from the disk, small and silent"({ pictures }) {
    await withBrowser(async ({ browser, explore }) => {
      const file = explore("vit-cifar10");
      const { size } = statSync(file);
      check(size <= 6e6, `explorer.html of vit-cifar10 has ${size} bytes: at most 6 MB were promised`);
      mkdirSync(pictures, { recursive: true });
      for (const colorScheme of ["light", "dark"])
        for (const language of ["en", "zh"]) {
          const { page, said, close } = await openExplorer(browser, file, { colorScheme });
          const engine = await page.evaluate(() => window.vitlabExplorer.engine);
          check(engine === "wasm", `the page computes with ${engine}: expected wasm`);
          await page.selectOption(".vx-language", language);
          check((await page.locator("html").getAttribute("lang")) === language, "the page's language is another");
          await page.screenshot({
            path: join(pictures, `explorer-page-${colorScheme}-${language}.png`),
            fullPage: true,
          });
          check(said.length === 0, `the console says: ${said.join("; ")}`);
          await close();
        }
    });
  },

  async "explorer page: its numbers are Node's after every kind of edit, on each engine"() {
    await withBrowser(async ({ browser, explore }) => {
      const { useEngine, loadModel, tf } = require(join(root, "dist"));
      const { explorerEdits } = require(join(root, "dist/panels/explorer/explorer-edits.js"));
      const { ExplorerModel } = require(join(root, "dist/panels/explorer/explorer-model.js"));
      const { firstState, NO_EDITS } = require(join(root, "dist/panels/explorer/explorer-state.js"));
      await useEngine("native", { quiet: true }).catch(() => useEngine("cpu", { quiet: true }));
      for (const name of ["vit-cifar10", "vit-needle"]) {
        const file = explore(name, "--dtype", "F16");
        const { model } = await loadModel(name);
        const { normalize } = model.config;
        for (const engine of ["wasm", "cpu"]) {
          const { page, said, close } = await openExplorer(browser, file, { after: `?engine=${engine}` });
          const about = await page.evaluate(() => window.vitlabExplorer.about);
          const first = firstState(about.limits);
          check((await page.evaluate(() => window.vitlabExplorer.engine)) === engine, `no engine ${engine}`);
          // The images as the page holds them: bytes, which an unedited view gives back.
          const image = 2;
          const { pixels } = await viewIn(page, { ...first, image });
          const { mean, std } = normalize;
          const values = pixels.map((byte, i) => (byte / 255 - mean[i % 3]) / std[i % 3]);
          const images = tf.tensor4d(values, [1, about.height, about.width, 3]);
          const explorer = new ExplorerModel(model, images, { title: name });
          for (const [kind, changed] of Object.entries(EDITS)) {
            const edits = { ...NO_EDITS, ...changed };
            const part = kind === "all" ? "blocks.0.attention.scores" : null;
            const state = { ...first, query: 6, block: 0, key: 9, part, edits };
            const view = await viewIn(page, { ...state, image });
            const { logits, trace } = model.run(images, { edit: explorerEdits(model, edits) });
            const answers = [...tf.softmax(logits).dataSync()];
            const far = (what, a, b) => {
              const difference = largestDifference(a, b);
              check(difference <= 1e-4, `${name}, ${engine}, ${kind}: ${what} is ${difference} away from Node's`);
            };
            far("the answer", view.answers, answers);
            const weights = model.blocks.flatMap((_, i) => [
              ...trace.get(`blocks.${i}.attention.weights`).slice([0, 0, 7, 0], [1, -1, 1, -1]).dataSync(),
            ]);
            far("attention", view.attention, weights);
            const own = explorer.view(state);
            for (const what of NUMBERS) {
              // Numbers of the stream are tens: 1e-4 of their size.
              const scale = Math.max(1, ...[...own[what]].map(Math.abs));
              far(
                what,
                view[what].map((value) => value / scale),
                [...own[what]].map((value) => value / scale),
              );
            }
            if (part) far("the formula", [view.part.computed, view.part.value], [own.part.value, own.part.value]);
          }
          check(said.length === 0, `the console says: ${said.join("; ")}`);
          explorer.dispose();
          await close();
        }
      }
    });
  },

  async "explorer page: takes a picture that is dropped on it, as predict reads it"({ pictures }) {
    await withBrowser(async ({ browser, folder, explore }) => {
      const { useEngine, loadModel, readImage, tf } = require(join(root, "dist"));
      const { imageToTensor } = require(join(root, "dist/data/to-tensor.js"));
      const { pictureFit } = require(join(root, "dist/hub/picture-fit.js"));
      await useEngine("native", { quiet: true }).catch(() => useEngine("cpu", { quiet: true }));
      const jpeg = await chelsea();
      // By an image processor's rules, and without one.
      for (const name of ["vit-cifar10", "article-shapes"]) {
        const { page, said, close } = await openExplorer(browser, explore(name));
        const given = await loadModel(name);
        const fit = pictureFit(given);
        let count = await page.evaluate(() => window.vitlabExplorer.about.limits.images);
        for (const [called, bytes, onto] of [
          ["cat.jpg", jpeg, ".vx"],
          ["turned.jpg", turned(jpeg, 6), "body"],
        ]) {
          writeFileSync(join(folder, called), bytes);
          await drop(page, onto, bytes, called);
          await page.waitForFunction((n) => window.vitlabExplorer.about.limits.images > n, count, { timeout: 60_000 });
          const { about, state } = await page.evaluate((image) => {
            const { about } = window.vitlabExplorer;
            return { about, state: { image } };
          }, count++);
          check(about.imageNames.at(-1) === called, `the last image is called ${about.imageNames.at(-1)}`);
          const { firstState } = require(join(root, "dist/panels/explorer/explorer-state.js"));
          const view = await viewIn(page, { ...firstState(about.limits), ...state });
          const fitted = await fit(await readImage(join(folder, called)));
          const input = imageToTensor(fitted, { normalize: given.model.config.normalize });
          const pixels = largestDifference(view.pixels, [...fitted.pixels]);
          check(pixels <= 1, `${name}, ${called}: pixels are up to ${pixels} from those that predict sees`);
          const answers = [...tf.tidy(() => given.model.predict(input).dataSync())];
          const difference = largestDifference(view.answers, answers);
          check(difference < 0.01, `${name}, ${called}: the answer is ${difference} away from predict's`);
          const best = about.classNames[answers.indexOf(Math.max(...answers))];
          await page.waitForFunction(
            (word) => document.querySelector(".vx-says strong").textContent.startsWith(word),
            best,
            { timeout: 60_000 },
          );
        }
        await page.screenshot({ path: join(pictures, `explorer-page-photo-${name}.png`), fullPage: true });
        await drop(page, "body", Buffer.from("no picture"), "notes.txt");
        const failure = page.locator(".vx-failure", { hasText: "notes.txt is no picture that this browser reads" });
        await failure.waitFor();
        check(said.length === 0, `the console says: ${said.join("; ")}`);
        await close();
      }
    });
  },

  async "explorer page: opens a link to a state, gives one, and says what is wrong with another"() {
    await withBrowser(async ({ browser, explore }) => {
      const file = explore("vit-cifar10", "--count", "3");
      const text = "i2.q27.b2.h1.k28.fblocks-2-attention-scores.x5-6.t2";
      const permissions = ["clipboard-read", "clipboard-write"];
      const { page, said, close } = await openExplorer(browser, file, { after: `#${text}`, permissions });
      const field = page.locator(".vx-state input");
      check((await field.inputValue()) === text, `the link opened ${await field.inputValue()}`);
      await page.locator("[data-patch='40']").click();
      await page.locator(".vx-state button").first().click();
      const now = text.replace("q27", "q40");
      await page.waitForURL((url) => url.hash === `#${now}`);
      const before = await page.locator(".vx-says strong").textContent();
      await page.evaluate(() => {
        location.hash = "i1.qc.b4.h0";
      });
      await newAnswer(page, before);
      await page.evaluate(() => {
        location.hash = "i7";
      });
      await page.locator(".vx-failure", { hasText: "there is no image 7: give one from 0 to 2" }).waitFor();
      check(said.length === 0, `the console says: ${said.join("; ")}`);
      await close();
      const wrong = await openExplorer(browser, file, { after: "#nonsense" });
      await wrong.page.locator(".vx-failure", { hasText: "is no state of an explorer" }).waitFor();
      await wrong.close();
    });
  },

  async "explorer page: holds no words that end its script, and runs nothing but its own"() {
    await withBrowser(async ({ browser, folder, explore }) => {
      const file = explore("vit-needle", "--count", "1");
      const html = readFileSync(file, "utf8");
      check(/Content-Security-Policy" content="default-src 'none'/.test(html), "the page has no policy");
      const hostile = join(folder, "hostile.html");
      writeFileSync(hostile, html.replace("</body>", "<script>window.foreign = true</script></body>"));
      const { page, close } = await openExplorer(browser, hostile);
      check(!(await page.evaluate(() => window.foreign)), "a foreign script ran");
      await close();
    });
  },
};
