// `interact` in JupyterLab where it is not alone: two notebooks, two tabs, cells that still run, a cell that runs again.

import { checkAccessible } from "./axe.mjs";
import { expect, until } from "./lab.mjs";
import { check } from "./see.mjs";
import { newPicture, pull } from "./sliders.mjs";

const IMPORT = `import { heatmap, interact, slider, widgets } from "vitlab";
const draw = ({ n }: { n: number }) => heatmap([[n, 9 - n], [0, 9]], { title: \`n is \${n}\` });`;
const INTERACT = "interact({ n: slider(0, 9) }, draw)";

const outputs = (book, cell) => book.cell(cell).locator(".jp-OutputArea-output").count();
/** The words of the only picture of cell 2 that is seen. */
async function title(book) {
  const seen = book.cell(2).locator("img:visible");
  // A page that was just loaded has yet to draw it.
  await until("one picture is seen", async () => (await seen.count()) === 1);
  return (await seen.getAttribute("alt")).split("\n")[0];
}
const readout = (book, cell) => book.cell(cell).locator(".widget-readout").first().innerText();

/** What `interact` does in JupyterLab. */
export const interactChecks = {
  async "widgets and their picture live on after a reload and in a second tab"({ open, lab }) {
    const book = await open("interact-tabs", [IMPORT, INTERACT]);
    await book.runAll();
    await book.idle();
    const first = await book.look(2);
    await pull(book, 2, 100);
    await newPicture(book, 2, first);
    const value = await readout(book, 2);
    await book.save();
    await book.reload();
    await book.cell(2).locator(".noUi-handle").waitFor();
    await until("the slider is where it was", async () => (await readout(book, 2)) === value);
    await book.picture("interact-reloaded");
    await pull(book, 2, 100);
    const follows = async (page) => `n is ${await readout(page, 2)}` === (await title(page));
    await until("the picture follows after a reload", () => follows(book), 30_000);
    check((await readout(book, 2)) !== value, "the slider stays where it was");
    await book.picture("interact-reloaded-moved");
    const second = await lab.open("interact-tabs.ipynb");
    await second.cell(2).locator(".noUi-handle").waitFor();
    await pull(second, 2, -150);
    await until("the picture follows in a second tab", () => follows(second), 30_000);
    await until("the first tab follows", async () => (await readout(book, 2)) === (await readout(second, 2)), 30_000);
    await book.picture("interact-first-tab");
    await second.picture("interact-second-tab");
    await second.page.close();
  },

  async "widgets keep nobody out who can't see or point"({ open, lab }) {
    const all = `${IMPORT}
new widgets.VBox([
  new widgets.IntSlider({ description: "block" }), new widgets.FloatSlider({ description: "rate" }),
  new widgets.FloatLogSlider({ description: "log" }), new widgets.IntRangeSlider({ description: "range" }),
  new widgets.Dropdown({ options: ["mean", "max"], description: "fusion" }),
  new widgets.ToggleButtons({ options: ["rows", "columns"], description: "by" }),
  new widgets.Checkbox({ description: "smooth" }), new widgets.Button({ description: "Run" }),
  new widgets.Text({ description: "name" }), new widgets.IntProgress({ value: 40, description: "done" }),
  new widgets.HTML({ value: "<b>bold</b>" }),
])`;
    for (const theme of ["Light", "Dark"]) {
      lab.theme(`JupyterLab ${theme}`);
      try {
        const book = await open(`interact-axe-${theme}`, [all, INTERACT]);
        await book.runAll();
        await book.idle();
        await book.look(2);
        await book.picture(`interact-axe-${theme.toLowerCase()}`);
        // ipywidgets gives the handles of its sliders no name, in Python's as well.
        await checkAccessible(book.page, ".jp-Cell-outputArea", { except: ["aria-input-field-name"] });
        await book.close();
      } finally {
        lab.theme("JupyterLab Light");
      }
    }
  },

  async "no blank frame stands between two pictures"({ open }) {
    const book = await open("interact-frames", [IMPORT, INTERACT]);
    await book.runAll();
    await book.idle();
    await book.look(2);
    // In every frame the picture is there, whole, and nothing else moves.
    await book.cell(2).evaluate((cell) => {
      const frames = [];
      window.frames_ = frames;
      const sample = () => {
        const [picture] = cell.querySelectorAll(".jp-OutputArea-output img");
        frames.push({
          whole: picture?.complete === true && picture.naturalWidth > 0 && picture.getBoundingClientRect().height > 50,
          src: picture?.src,
          height: cell.getBoundingClientRect().height,
        });
        requestAnimationFrame(sample);
      };
      sample();
    });
    for (const by of [150, -100, 60, 120, -200]) await pull(book, 2, by);
    await book.page.waitForTimeout(1000);
    const frames = await book.page.evaluate(() => window.frames_);
    const pictures = new Set(frames.map(({ src }) => src)).size;
    check(pictures > 2, `saw ${pictures} pictures in ${frames.length} frames`);
    const blank = frames.filter(({ whole }) => !whole).length;
    check(blank === 0, `${blank} of ${frames.length} frames are without a picture`);
    const heights = new Set(frames.map(({ height }) => Math.round(height)));
    check(heights.size === 1, `the cell had the heights ${[...heights].join(", ")}`);
  },

  async "a cell that runs again draws once, and the earlier one no more"({ open }) {
    const book = await open("interact-again", [
      `${IMPORT}\nconst n = slider(0, 9);\nconst drawn: string[] = [];\nn`,
      "const now = Date.now(); interact({ n }, ({ n }) => { drawn.push(`${now}`); return draw({ n }); })",
      "new Set(drawn.splice(0)).size",
    ]);
    await book.runAll();
    await book.idle();
    for (let again = 0; again < 2; again++) {
      await book.run(2);
      await book.idle();
    }
    await book.run(3);
    await book.idle();
    const before = await book.look(2);
    await pull(book, 1, 150);
    await newPicture(book, 2, before);
    check((await outputs(book, 2)) === 2, `interact shows ${await outputs(book, 2)} outputs`);
    await book.run(3);
    await book.idle();
    expect(await book.outputs(3), "1");
  },

  async "wrong values and what throws are said in the cell, and the notebook goes on"({ open }) {
    const book = await open("interact-wrong", [
      `${IMPORT}\nconst n = new widgets.IntSlider({ max: 9 });\nn`,
      "n.value = 12;",
      "interact({ n: slider(0, 9, { value: 12 }) }, draw)",
      "interact({ n }, ({ n }) => { if (n > 2) throw new RangeError(`no picture of ${n}`); return draw({ n }); })",
      "n.value = 5; n.value",
    ]);
    for (let cell = 1; cell <= 5; cell++) {
      await book.run(cell);
      await book.idle();
    }
    expect(await book.outputs(2), "IntSlider: value is 12: give a number from 0 to 9");
    expect(await book.outputs(3), "slider(0, 9) starts at 12: give a value from 0 to 9");
    expect(await book.outputs(5), "5");
    await until("the error is told", async () => (await book.outputs(4)).includes("RangeError: no picture of 5"));
    await book.picture("interact-wrong");
    await pull(book, 1, -300);
    await until("it goes on", async () => !(await book.outputs(4)).includes("RangeError"));
    await book.look(4);
  },

  async "two notebooks at once have widgets of their own"({ open }) {
    const first = await open("interact-one", [IMPORT, INTERACT]);
    const second = await open("interact-two", [IMPORT, INTERACT]);
    for (const book of [first, second]) {
      await book.runAll();
      await book.idle();
    }
    const [one, two] = [await first.look(2), await second.look(2)];
    await pull(first, 2, 150);
    const moved = await newPicture(first, 2, one);
    check((await second.look(2)).equals(two), "the other notebook's picture has changed");
    expect(await readout(second, 2), "0");
    await pull(second, 2, 60);
    await newPicture(second, 2, two);
    check((await first.look(2)).equals(moved), "the first notebook's picture has changed");
    await first.picture("interact-one");
    await second.picture("interact-two");
  },

  async "a picture follows its slider while later cells still run"({ open }) {
    const book = await open("interact-run-all", [
      `${IMPORT}\n${INTERACT}`,
      "await new Promise((resolve) => { (globalThis as any).go = resolve; });",
      "'the end'",
    ]);
    await book.runAll();
    await book.cell(1).locator(".noUi-handle").waitFor();
    await until("the second cell runs", async () => (await book.prompt(2)).includes("*"));
    const first = await book.look(1);
    await pull(book, 1, 150);
    await newPicture(book, 1, first);
    expect(await book.prompt(2), "[*]");
    await book.picture("interact-during-run-all");
    await book.menu("Kernel", /^Interrupt Kernel/);
    await book.idle();
  },
};
