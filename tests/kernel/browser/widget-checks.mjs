// Widgets of ipywidgets and `interact` in JupyterLab: changed by hand, followed by the picture, saved and opened again.

import { expect, until } from "./lab.mjs";
import { check } from "./see.mjs";
import { newPicture, pull } from "./sliders.mjs";

const IMPORT = `import { attentionMap, datasetToTensor, drawExplanation, imageAt, interact, loadModel, needle, slider, useEngine, widgets } from "vitlab";
await useEngine();
const { model } = await loadModel("vit-needle");
const dataset = needle({ split: "test", count: 1 });
const x = datasetToTensor(dataset, { normalize: model.config.normalize });
const images = [imageAt(dataset, 0)];`;

const CONTROLS = `const block = new widgets.IntSlider({ max: 9, description: "block", layout: { width: "320px" } });
const fusion = new widgets.Dropdown({ options: ["mean", "max"], description: "fusion" });
const smooth = new widgets.Checkbox({ description: "smooth", style: { background: "#ddeeff" } });
new widgets.HBox([block, fusion, smooth])`;

const INTERACT = `interact({ block: slider(0, 2), head: slider(0, 3) }, ({ block, head }) =>
  drawExplanation(attentionMap(model, x, { block, head }), { images }))`;

const THROWS = `interact({ n: slider(0, 2) }, ({ n }) => {
  if (n > 0) throw new RangeError(\`no picture of \${n}\`);
  return { "text/plain": "a picture of 0" };
})`;

/** What widgets do in JupyterLab. */
export const widgetChecks = {
  async "widgets change in the cell's TypeScript, interact draws in place, all of it is saved"({ open, lab }) {
    const read = "[block.value, fusion.value, smooth.value].join(' ')";
    const book = await open("widgets", [IMPORT, CONTROLS, INTERACT, read, THROWS]);
    await book.runAll();
    await book.idle();
    await book.cell(2).locator(".noUi-handle").waitFor();
    const outputs = () => book.cell(3).locator(".jp-OutputArea-output").count();
    check((await outputs()) === 2, `interact shows ${await outputs()} outputs: expected its controls and a picture`);

    const first = await book.look(3);
    await pull(book, 3, 150);
    const second = await newPicture(book, 3, first);
    await pull(book, 3, 150, 1);
    const third = await newPicture(book, 3, second);
    check((await outputs()) === 2, `after two changes interact shows ${await outputs()} outputs`);
    await book.picture("widgets-interact");

    await pull(book, 2, 60);
    await book.cell(2).locator("select").selectOption("max");
    await book.cell(2).locator("input[type=checkbox]").click();
    await book.run(4);
    await book.idle();
    const told = /'([1-9]) max true'/.exec(await book.outputs(4));
    check(told, `the kernel has ${await book.outputs(4)}`);
    await book.picture("widgets");

    expect(await book.outputs(5), "a picture of 0");
    await pull(book, 5, 150);
    await until("the error is told", async () => (await book.outputs(5)).includes("RangeError: no picture of"));
    expect(await book.outputs(5), "at Cell[5]:2");
    await book.picture("widgets-error");
    await pull(book, 5, -400);
    await until("it goes on", async () => (await book.outputs(5)).includes("a picture of 0"));

    await book.save();
    await book.close();
    for (const theme of ["Light", "Dark"]) {
      lab.theme(`JupyterLab ${theme}`);
      try {
        // Its kernel has run nothing: the widgets are those of the file.
        const again = await lab.open("widgets.ipynb");
        await again.cell(2).locator(".noUi-handle").waitFor();
        await again.cell(3).locator(".noUi-handle").nth(1).waitFor();
        expect(await again.outputs(2), told[1]);
        check((await again.cell(2).locator("select").inputValue()) === "max", "the choice is lost");
        check(await again.cell(2).locator("input[type=checkbox]").isChecked(), "the check mark is lost");
        const picture = await again.look(3);
        if (theme === "Light") check(picture.equals(third), "opened again the picture looks otherwise");
        await again.picture(`widgets-opened-again-${theme.toLowerCase()}`);
        await again.close();
      } finally {
        lab.theme("JupyterLab Light");
      }
    }

    const alone = await lab.open("widgets.ipynb", { kernel: false });
    check((await alone.look(3)).equals(third), "without a kernel the picture looks otherwise");
    check((await alone.kernel()) === undefined, "a kernel was started");
    await alone.picture("widgets-without-kernel");
    await alone.close();
  },
};
