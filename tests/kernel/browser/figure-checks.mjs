// Figures as a reader sees them: by the pixels of the page, while a cell runs, at its end, and whenever it is seen again.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLab, until } from "./lab.mjs";
import { readPixels } from "./pixels.mjs";
import { check, DARK, LIGHT, see } from "./see.mjs";

const RENDERER = "vitlab-figures";
const APPS = ["lab", "notebook"];

const IMPORT = `import { curves, fit, heatmap, imageGrid, liveFigure, presets, shapes, show, useEngine, ViT } from "vitlab";`;

const TRAINING = `${IMPORT}
await useEngine();
const model = new ViT({ ...presets.articleSimpleViT, dim: 32, mlpDim: 64 });
const epochCount = 4;
const steps: number[] = [];
const losses: number[] = [];
const epochs: { x: number[]; loss: number[]; accuracy: number[] } = { x: [], loss: [], accuracy: [] };
const picture = () =>
  curves(
    {
      "training loss": { x: steps, y: losses, markers: false },
      ...(epochs.x.length > 0 && {
        "validation loss": { x: epochs.x, y: epochs.loss },
        "validation accuracy": { x: epochs.x, y: epochs.accuracy, panel: "right" as const },
      }),
    },
    { xMax: epochCount, rightPercent: true, yTitle: "loss", rightTitle: "accuracy" },
  );
let view: Awaited<ReturnType<typeof liveFigure>> | undefined;
for await (const event of fit(model, {
  train: shapes({ count: 800, seed: 1 }),
  validation: shapes({ count: 100, seed: 2 }),
  epochs: epochCount,
  batchSize: 8,
  seed: 0,
})) {
  if (event.type === "step") {
    steps.push(event.update / event.stepsPerEpoch);
    losses.push(event.loss);
    // At the pace of a larger model, so that there is something to see.
    await new Promise((resolve) => setTimeout(resolve, 10));
  } else if (event.type === "epoch") {
    epochs.x.push(event.epoch);
    epochs.loss.push(event.validationLoss!);
    epochs.accuracy.push(event.validationAccuracy!);
  }
  if (view) view.update(picture());
  else view = await liveFigure(picture());
}
await view?.finish();`;

const WHOLE = `curves({ "training loss": [2.1, 1.4, 1.1, 0.8], "validation loss": [1.9, 1.6, 1.5, 1.45], "validation accuracy": { y: [0.2, 0.4, 0.5, 0.55], panel: "right" } }, { rightPercent: true, yTitle: "loss", rightTitle: "accuracy" })`;

const SQUARE = `heatmap(Array.from({ length: 8 }, (_, row) => Array.from({ length: 8 }, (_, column) => row + column)), { title: "Sums", annotations: false, colorScale: "viridis" })`;
const VIRIDIS_ENDS = ["#440154", "#fde725"];

/** The training's figure is whole: two losses on the left, the accuracy on the right in the color of its split. */
function checkWhole(pixels, { first, second }, when) {
  const middle = Math.round(pixels.find(first).right + 20);
  const [left, right] = [pixels.columns(0, middle), pixels.columns(middle, pixels.width)];
  check(left.find(first).count > 200, `${when}: no training loss`);
  check(left.find(second).count > 100, `${when}: no validation loss`);
  check(right.find(second).count > 100, `${when}: no validation accuracy`);
  check(right.find(first).count === 0, `${when}: the accuracy has the color of the training loss`);
}

/** The matrix of as many rows as columns is a square: from its first to its last cell it's as far down as to the right. */
function checkSquare(pixels, when) {
  const [first, last] = VIRIDIS_ENDS.map((color) => cellOf(pixels, color, when));
  const [width, height] = [last.left - first.left, last.top - first.top];
  check(width > 100 && Math.abs(width / height - 1) < 0.02, `${when}: a square is ${width} wide and ${height} high`);
}

/** Where the cell of a color starts; the color bar, which has all colors, lies further right. */
function cellOf(pixels, color, when) {
  const { left, count } = pixels.find(color, 24);
  check(count > 100, `${when}: no heat map`);
  return { left, top: pixels.columns(left, left + 20).find(color, 24).top };
}

const perApp = (name, body) => Object.fromEntries(APPS.map((app) => [`${name} (${app})`, (tools) => body(tools, app)]));

/** How figures look in JupyterLab, Notebook 7 and nbconvert's pages. */
export const figureChecks = {
  ...perApp("a training's curve moves while the cell runs, and is whole ever after", async ({ open, lab }, app) => {
    const book = await open(`training-${app}`, [TRAINING], { app });
    // The whole cell is seen at once: where it is scrolled to is no matter of its figure.
    const whole = { width: 1250, height: 1500 };
    await book.page.setViewportSize(whole);
    await book.run(1);
    const extents = new Set();
    const figure = await book.waitForFigure(1);
    while ((await book.prompt(1)).includes("*")) {
      const { right } = (await readPixels(await figure.screenshot())).find(LIGHT.first);
      if (right > 0) extents.add(right);
      if (extents.size === 3) await book.picture(`training-${app}-during`);
      await book.page.waitForTimeout(100);
    }
    await book.idle();
    check(extents.size >= 3, `the curve had ${extents.size} lengths while the cell ran`);
    const end = await see(book, 1, (pixels) => checkWhole(pixels, LIGHT, "at the end"));
    await book.picture(`training-${app}-end`);
    const cells = await book.save();
    check(!JSON.stringify(cells).includes("image/png"), "the page added a PNG to the saved output");
    await book.reload();
    await see(book, 1, (pixels) => check(end.equals(pixels), "after a reload it looks otherwise"));
    await book.close();
    const again = await lab.open(`training-${app}.ipynb`, { app });
    await again.page.setViewportSize(whole);
    await see(again, 1, (pixels) => check(end.equals(pixels), "opened again it looks otherwise"));
    await again.picture(`training-${app}-opened-again`);
    await again.close();
  }),

  ...perApp(
    "a square stays a square: shown, as a value, updated, saved and opened again",
    async ({ open, lab }, app) => {
      const sources = [
        `${IMPORT}\nawait show(${SQUARE});`,
        SQUARE,
        `display(heatmap([[1, 2, 3, 4]], { title: "Before" }), { displayId: "square" });`,
        `display(${SQUARE}, { displayId: "square", update: true });`,
      ];
      const book = await open(`square-${app}`, sources, { app });
      await book.runAll();
      await book.idle();
      await book.page.waitForTimeout(500);
      const seen = [];
      for (const cell of [1, 2, 3]) {
        seen.push(await book.look(cell));
        checkSquare(seen.at(-1), `cell ${cell}`);
      }
      await book.save();
      await book.close();
      const again = await lab.open(`square-${app}.ipynb`, { app });
      for (const cell of [1, 2, 3]) {
        const look = await again.look(cell);
        checkSquare(look, `cell ${cell}, opened again`);
        check(seen[cell - 1].equals(look), `cell ${cell}, opened again, looks otherwise`);
      }
      await again.picture(`square-${app}-opened-again`);
      await again.close();
    },
  ),

  async "the pointer at rest brings values, a newer figure takes the graph's place, and nothing is added to what is saved"({
    open,
  }) {
    const book = await open("values", [
      `${IMPORT}\ndisplay(heatmap([[1.25, 2.5]], { title: "Numbers", annotations: false }), { displayId: "values" });`,
      `display(${SQUARE}, { displayId: "values", update: true });`,
    ]);
    await book.run(1);
    await book.idle();
    const output = book.figure(1);
    await output.locator("img").hover({ position: { x: 80, y: 70 } });
    await output.locator(".js-plotly-plot .main-svg").first().waitFor();
    await book.page.mouse.move(0, 0);
    await output
      .locator(".js-plotly-plot .nsewdrag")
      .first()
      .hover({ position: { x: 20, y: 20 } });
    await until("the value under the pointer is shown", async () =>
      (await output.locator(".hoverlayer").first().textContent()).includes("1.25"),
    );
    await book.picture("values");
    await book.run(2);
    await book.idle();
    await book.page.mouse.move(0, 0);
    await see(book, 1, (pixels) => checkSquare(pixels, "the graph"));
    const [{ outputs }] = await book.save();
    check(
      Object.keys(outputs[0].data).join() === "application/vnd.vitlab.plot.v1+json,image/svg+xml,text/plain",
      `saved as ${Object.keys(outputs[0].data)}`,
    );
    const { data, layout } = outputs[0].data["application/vnd.vitlab.plot.v1+json"];
    check(data.length === 1 && !("_traceUid" in data[0]) && layout.height > 0, "what is saved isn't what was sent");
  },

  async "a figure wider than its cell is made smaller as a whole"({ open }) {
    const book = await open("wide", [`${IMPORT}\n${WHOLE}`]);
    await book.run(1);
    await book.idle();
    await see(book, 1, (pixels) => check(pixels.find(LIGHT.first).count > 50, "no curve"));
    const drawnAs = await book
      .figure(1)
      .locator("img")
      .evaluate(({ naturalWidth, naturalHeight }) => naturalWidth / naturalHeight);
    for (const kind of ["img", ".js-plotly-plot"]) {
      const drawn = book.figure(1).locator(kind);
      if (kind !== "img") await book.figure(1).locator("img").hover();
      for (const width of [1250, 1100, 900]) {
        await book.page.setViewportSize({ width, height: 800 });
        await book.page.waitForTimeout(500);
        await book.picture(`wide-${width}`);
        const place = await drawn.boundingBox();
        const room = await book.figure(1).boundingBox();
        check(place.width <= room.width + 1, `${kind} at ${width}: ${place.width} pixels in a cell of ${room.width}`);
        const shape = place.width / place.height;
        check(Math.abs(shape / drawnAs - 1) < 0.01, `${kind} at ${width}: its shape is ${shape}:1`);
      }
    }
  },

  ...perApp("dark pages get dark figures, and a change of theme is followed", async ({ open, lab }, app) => {
    const image = `imageGrid({ width: 4, height: 4, channels: 3, pixels: new Uint8Array(48).fill(200) }, { title: "Picture", titles: ["caption"] })`;
    const sources = [
      `${IMPORT}\ncurves({ "training loss": [2, 1.2, 0.9], "validation loss": [2.1, 1.4, 1.2] }, { title: "Dark", yTitle: "loss" })`,
      SQUARE,
      image,
    ];
    lab.theme("JupyterLab Dark");
    try {
      const book = await open(`dark-${app}`, sources, { app });
      await book.runAll();
      await book.idle();
      const dark = (cell, more) =>
        see(book, cell, (pixels) => {
          check(pixels.share(LIGHT.ground, 4) < 0.02, `cell ${cell}: a light ground`);
          check(pixels.share(DARK.ground, 4) > 0.4, `cell ${cell}: no dark ground`);
          more(pixels);
        });
      await dark(1, (pixels) => {
        for (const [name, color] of Object.entries(DARK))
          check(pixels.find(color, 24).count > 10, `no ${name} ${color}`);
      });
      await dark(2, (pixels) => check(pixels.find(VIRIDIS_ENDS[0]).count > 100, "the heat map lost its colors"));
      await dark(3, (pixels) => check(pixels.find("#c8c8c8", 2).count > 1000, "the picture lost its colors"));
      await book.picture(`dark-${app}`);
      if (app === "lab") {
        // A graph follows as well.
        await book.figure(1).locator("img").hover();
        await book.figure(1).locator(".js-plotly-plot .main-svg").first().waitFor();
        await dark(1, (pixels) => check(pixels.find(DARK.mutedInk, 24).count > 10, "the graph isn't dark"));
        await book.theme("JupyterLab Light");
        for (const cell of [1, 2])
          await see(book, cell, (pixels) => {
            check(pixels.share(LIGHT.ground, 4) > 0.4, `cell ${cell} stays dark on a light page`);
            check(pixels.find(LIGHT.mutedInk, 24).count > 10, `cell ${cell} keeps its inks on a light page`);
          });
      }
    } finally {
      lab.theme("JupyterLab Light");
    }
  }),

  async "nbconvert's page has the same figures, without a network"({ open, lab, folder, jupyter, pictures }) {
    const book = await open("export", [`${IMPORT}\nawait show(${WHOLE});`, SQUARE]);
    await book.runAll();
    await book.idle();
    await book.save();
    execFileSync(jupyter, ["nbconvert", "--to", "html", "--output-dir", folder, book.file], { stdio: "pipe" });
    const page = await lab.openFile(book.file.replace(/\.ipynb$/, ".html"));
    const figures = page.locator(".jp-OutputArea-output img");
    await figures.first().waitFor();
    await page.screenshot({ path: join(pictures, "export.png"), fullPage: true });
    checkWhole(await readPixels(await figures.nth(0).screenshot()), LIGHT, "exported");
    checkSquare(await readPixels(await figures.nth(1).screenshot()), "exported");
    await page.context().close();
  },

  async "a notebook of someone else's shows its figures before it is trusted"({ open, lab, folder }) {
    const book = await open("mine", [`${IMPORT}\n${SQUARE}`]);
    await book.runAll();
    await book.idle();
    await book.save();
    await book.close();
    // Another text has another signature: nobody vouches for it.
    const foreign = readFileSync(join(folder, "mine.ipynb"), "utf8").replace("Sums", "Sums of others");
    writeFileSync(join(folder, "foreign.ipynb"), foreign);
    const other = await lab.open("foreign.ipynb");
    await see(other, 1, (pixels) => checkSquare(pixels, "untrusted"));
    await other.close();
  },

  async "a Jupyter without vitlab's renderer shows the pictures, live and saved"({ open, folder, jupyter, pictures }) {
    const plain = await startLab({ jupyter, folder, pictures, withoutExtensions: [RENDERER] });
    try {
      const book = await open(
        "plain",
        [
          `${IMPORT}\nconst view = await liveFigure(heatmap([[1, 2, 3, 4]]));\nawait new Promise((resolve) => setTimeout(resolve, 300));\nawait view.finish(${SQUARE});`,
        ],
        { lab: plain },
      );
      await book.runAll();
      await book.idle();
      await see(book, 1, (pixels) => checkSquare(pixels, "live"));
      check((await book.cell(1).locator(".jp-RenderedSVG").count()) === 1, "the picture isn't JupyterLab's own");
      await book.save();
      await book.reload();
      await see(book, 1, (pixels) => checkSquare(pixels, "after a reload"));
      await book.theme("JupyterLab Dark");
      await see(book, 1, (pixels) =>
        check(pixels.find(DARK.mutedInk, 24).count > 10, "no dark picture on a dark page"),
      );
      await book.close();
    } finally {
      await plain.close();
    }
  },
};
