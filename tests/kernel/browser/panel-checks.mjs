// Panels in JupyterLab: a form that is filled in by keyboard and mouse, and the model that comes of it.

import { checkAccessible } from "./axe.mjs";
import { expect, until } from "./lab.mjs";
import { check } from "./see.mjs";

const IMPORT = `import { fit, presets, shapes, tweak, useEngine, ViT } from "vitlab";
await useEngine();
const train = shapes({ count: 32 });`;

const FORM = `const form = tweak(presets.articleSimpleViT, { train, training: { epochs: 1, batchSize: 16 } });
form`;

const TRAIN = `const model = new ViT(form.config);
const result = await fit(model, { train, ...form.training });
[model.parameterCount().total.toLocaleString("en-US"), result.history.length, "epoch"].join(" ")`;

/** The box in which a field is said. */
function field(book, name) {
  return book.cell(2).getByLabel(name, { exact: true });
}

/** Waits until the form says it. */
async function says(book, part) {
  await until(`the form says ${part}`, async () => (await book.outputs(2)).includes(part));
}

/** What panels do in JupyterLab. */
export const panelChecks = {
  async "a form of a config is changed by hand, says what can't be, and its model trains"({ open, lab }) {
    const book = await open("tweak", [IMPORT, FORM, TRAIN, "form.set({ depth: 1, heads: 4 })", "form.config"]);
    await book.run(1);
    await book.run(2);
    await book.idle();
    await says(book, "279,018");
    await says(book, "timed here");
    await book.picture("tweak");
    await checkAccessible(book.page, ".vitlab-tweak");
    check(!(await book.cell(2).locator(".vitlab-still").isVisible()), "the table stands beside the form");

    const dim = field(book, "dim");
    await dim.click();
    await book.page.keyboard.press("Control+a");
    await book.page.keyboard.type("64");
    const started = Date.now();
    await says(book, "570,314");
    console.log(`  counts changed after ${Date.now() - started} ms`);
    await says(book, "scaled by operations");
    await book.page.keyboard.press("Tab");

    await field(book, "heads").fill("5");
    await says(book, "5 heads don't divide dim 64: 4 does");
    await book.picture("tweak-wrong");
    await book.run(5);
    await until("the config is refused", async () => (await book.outputs(5)).includes("config.heads is 5"));
    await book.run(4);
    await book.idle();
    check((await field(book, "heads").inputValue()) === "4", "the code doesn't move the control");
    await book.cell(2).locator(".lm-TabBar-tab", { hasText: "training" }).click();
    await field(book, "optimizer").selectOption("adamw");
    await until("the default follows", async () => (await field(book, "weightDecay").inputValue()) === "0.01");
    await book.picture("tweak-training");
    await book.run(3);
    await book.idle();
    const total = /parameters\s+([\d,]+)/.exec(await book.outputs(2))?.[1];
    expect(await book.outputs(3), `${total} 1 epoch`);

    await field(book, "preset").selectOption("small");
    await book.cell(2).locator(".lm-TabBar-tab", { hasText: "regularization" }).click();
    await says(book, "(6 x");
    await book.theme("JupyterLab Dark");
    await book.cell(2).scrollIntoViewIfNeeded();
    await book.picture("tweak-dark");
    await book.theme("JupyterLab Light");

    await book.save();
    await book.close();
    const again = await lab.open("tweak.ipynb");
    await again.cell(2).locator(".lm-TabBar-tab").first().waitFor();
    await again.picture("tweak-opened-again");
    await again.close();
  },
};
