// The explorer and the patch picker in JupyterLab, by mouse and by keyboard alone, live and opened again.

import { checkAccessible } from "./axe.mjs";
import { expect, until } from "./lab.mjs";
import { check } from "./see.mjs";

const IMPORT = `import { explorer, imageAt, interact, loadModel, patchPicker, shapes, useEngine } from "vitlab";
await useEngine();
const vit = await loadModel("vit-cifar10");
const images = shapes({ split: "test", count: 10 });`;

const EXPLORER = `const seen = explorer(vit, images, { title: "vit-cifar10" });
seen`;

/** The state, the first class with its probability, and the largest difference to what model.run answers. */
const TOLD = `import { datasetToTensor, maskPatches, tf } from "vitlab";
const check = tf.tidy(() => {
  const x = datasetToTensor(images, { indices: [seen.state.image], normalize: vit.model.config.normalize });
  const { painted } = seen.state.edits;
  const edit = painted.length > 0 ? { patches: maskPatches(vit.model, painted) } : undefined;
  return [...vit.model.predict(x, { edit }).dataSync()];
});
const { answers } = seen.view;
const best = answers.indexOf(Math.max(...answers));
const off = Math.max(...check.map((value, i) => Math.abs(value - answers[i]!)));
\`state \${seen.stateText} class \${vit.classNames[best]} off \${off < 1e-4 ? "nothing" : off}\``;

const PICKER = `const picker = patchPicker(imageAt(images, 0), { patchSize: 4, value: 10 });
interact({ patch: picker }, ({ patch }) => ({ "text/plain": \`patch \${patch}\` }))`;

/** The explorer of a cell, once it is there. */
async function explorerOf(book, cell) {
  const root = book.cell(cell).locator(".vx").first();
  await root.waitFor();
  await root.scrollIntoViewIfNeeded();
  const says = () => root.locator(".vx-says").innerText();
  return {
    root,
    says,
    patch: (patch) => root.locator(`[data-patch="${patch}"]`),
    head: (block, head) => root.locator(`[data-head="${block}.${head}"]`),
    part: (name) => root.locator(`[data-part="${name}"]`),
    tool: (name) => root.getByText(name, { exact: true }).first(),
    /** Waits for another answer than before. */
    async changed(before) {
      await until("the answer changes", async () => (await says()) !== before);
      return says();
    },
  };
}

/** What the kernel has, asked by running a cell. */
async function told(book, cell, part) {
  await book.run(cell);
  await book.idle();
  const output = await book.outputs(cell);
  expect(output, part);
  expect(output, "off nothing");
  return output;
}

/** What the explorer does in JupyterLab. */
export const explorerChecks = {
  async "the explorer answers the mouse, the keyboard, a second tab and a reload"({ open, lab }) {
    const book = await open("explorer", [IMPORT, EXPLORER, TOLD]);
    const { page } = book;
    await page.setViewportSize({ width: 1400, height: 1500 });
    await book.runAll();
    await book.idle();
    const explorer = await explorerOf(book, 2);
    await book.picture("explorer");

    const start = await explorer.says();
    await explorer.patch(27).hover();
    await explorer.patch(27).click();
    await explorer.head(2, 3).click();
    await told(book, 3, "state i0.q27.b2.h3");
    await explorer.tool("Paint out").click();
    for (const patch of [27, 28]) await explorer.patch(patch).click();
    const painted = await explorer.changed(start);
    await told(book, 3, "x27-28");
    await explorer.part("blocks.2.attention.scores").click();
    await until("the formula opens", async () => (await explorer.root.innerText()).includes("q · k / sqrt(d)"));
    expect(await explorer.root.innerText(), "src/nn/attend.ts");
    await explorer.root.scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${book.pictures}/explorer-edited.png`, fullPage: true });

    await checkAccessible(page, ".vx");

    // From here without a mouse.
    await explorer.root.getByRole("button", { name: "Reset" }).focus();
    await page.keyboard.press("Enter");
    await explorer.changed(painted);
    await explorer.tool("Look").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.hasAttribute("data-patch"))) break;
    }
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.closest(".vx-map"))) break;
    }
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(500);
    await book.run(3);
    await book.idle();
    const byKeys = await book.outputs(3);
    expect(byKeys, "q36");
    expect(byKeys, "off nothing");

    await book.save();
    const second = await lab.open("explorer.ipynb");
    const other = await explorerOf(second, 2);
    await until("the second tab follows", async () => (await other.says()) === (await explorer.says()));
    const before = await explorer.says();
    await other.tool("Paint out").click();
    for (const patch of [19, 20, 27, 28, 35, 36]) await other.patch(patch).click();
    await other.changed(before);
    await until("the first tab follows", async () => (await explorer.says()) === (await other.says()));
    await second.page.close();

    await book.save();
    await book.reload();
    const again = await explorerOf(book, 2);
    const after = await again.says();
    await again.root.getByRole("button", { name: "Shuffle patches" }).click();
    const saved = await again.changed(after);
    await book.picture("explorer-reloaded");
    await book.save();
    await book.close();

    lab.theme("JupyterLab Dark");
    try {
      // Its kernel has run nothing: the explorer is that of the file.
      const dark = await lab.open("explorer.ipynb");
      await dark.page.setViewportSize({ width: 1400, height: 1500 });
      const kept = await explorerOf(dark, 2);
      await until("it looks as it was saved", async () => (await kept.says()) === saved);
      await checkAccessible(dark.page, ".vx");
      await dark.picture("explorer-dark");
      await kept.patch(3).click();
      await until("it says what it needs", async () =>
        /kernel/i.test(await kept.root.locator(".vx-failure").innerText()),
      );
      await dark.close();
    } finally {
      lab.theme("JupyterLab Light");
    }
    const alone = await lab.open("explorer.ipynb", { kernel: false });
    await alone.cell(2).scrollIntoViewIfNeeded();
    await alone.cell(2).locator(".vitlab-still img").waitFor();
    expect(await alone.outputs(2), "This is a picture of the explorer");
    await alone.picture("explorer-without-kernel");
    await alone.close();
  },

  async "two notebooks explore at once, a picker steers interact, a disposed model is a sentence"({ open }) {
    const dispose = "vit.model.dispose()";
    const books = await Promise.all(
      ["explorer-one", "explorer-two"].map((name) => open(name, [IMPORT, EXPLORER, PICKER, dispose])),
    );
    for (const book of books) {
      await book.page.bringToFront();
      for (const cell of [1, 2, 3]) await book.run(cell);
      await book.idle();
    }
    const [one, two] = books;
    await one.page.bringToFront();
    const first = await explorerOf(one, 2);
    const start = await first.says();
    await first.tool("Paint out").click();
    await first.patch(28).click();
    await first.changed(start);
    await two.page.bringToFront();
    const second = await explorerOf(two, 2);
    check((await second.says()) === start, "the other notebook's explorer changed as well");

    const picker = two.cell(3).locator(".vx-picture, [role=grid]").first();
    await picker.waitFor();
    await until("interact draws", async () => (await two.outputs(3)).includes("patch 10"));
    await two.cell(3).locator('[data-patch="20"]').click();
    await until("interact follows the picker", async () => (await two.outputs(3)).includes("patch 20"));
    await two.picture("patch-picker");

    await one.page.bringToFront();
    await one.run(4);
    await one.idle();
    await first.patch(30).click();
    await until("the disposed model is told of", async () =>
      /disposed/.test(await first.root.locator(".vx-failure").innerText()),
    );
    await one.picture("explorer-disposed");
  },
};
