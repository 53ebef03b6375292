// The project's own notebooks in JupyterLab, run and read from start to end as a learner does, at 1280 pixels.

import { cpSync, mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { chinese, ownNotebooks } from "../../../setup/notebooks/arguments.mjs";
import { until } from "./lab.mjs";
import { check } from "./see.mjs";

const notebooks = fileURLToPath(new URL("../../../notebooks", import.meta.url));
const files = [notebooks, join(notebooks, chinese)].flatMap((folder) => ownNotebooks(folder));
const names = files.map((file) => relative(notebooks, file));

/** A notebook trains for a minute or two, where the machine has nothing else to do. */
const RUN_PATIENCE = 600_000;

/** What is wrong with what is on the screen: errors, what is wider than its place, and what is empty. */
function faultsInSight() {
  const inSight = (element) => {
    const { top, bottom, height } = element.getBoundingClientRect();
    return height > 0 && bottom > 0 && top < innerHeight;
  };
  const all = (selector) => [...document.querySelectorAll(`.jp-Notebook ${selector}`)].filter(inSight);
  const said = (element) => element.innerText.trim().slice(0, 80);
  return [
    ...all('[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]').map(
      (output) => `an error: ${said(output)}`,
    ),
    ...all(".jp-OutputArea-output, .jp-RenderedMarkdown, .cm-scroller")
      .filter((area) => area.scrollWidth > area.clientWidth + 1)
      .map(
        (area) =>
          `${area.scrollWidth} pixels in ${area.clientWidth}: ${said(area) || area.firstElementChild?.className}`,
      ),
    ...all(".jp-OutputArea-output img, .jp-RenderedMarkdown img")
      .filter((image) => image.complete && image.naturalWidth === 0)
      .map((image) => `a picture that isn't there: ${image.alt || image.src.slice(0, 60)}`),
    ...all(".jp-OutputArea-output")
      .filter((output) => /Loading widget|Error displaying widget|model not found/.test(output.innerText))
      .map((output) => `a dead widget: ${said(output)}`),
  ];
}

async function read(book, name) {
  const { page } = book;
  const pane = page.locator(".jp-Notebook .jp-WindowedPanel-outer").first();
  const { height, step } = await pane.evaluate((outer) => ({
    height: outer.scrollHeight,
    step: outer.clientHeight - 60,
  }));
  const faults = new Set();
  // What is drawn when it is seen makes the notebook longer.
  for (let part = 0, end = height; part * step < end; part++) {
    await pane.evaluate((outer, top) => outer.scrollTo(0, top), part * step);
    await page.waitForTimeout(400);
    for (const fault of await page.evaluate(faultsInSight)) faults.add(fault);
    await book.picture(`reading-${name.replace(/\W+/g, "-").replace(/-ipynb$/, "")}-${String(part).padStart(2, "0")}`);
    end = await pane.evaluate((outer) => outer.scrollHeight);
  }
  return [...faults];
}

/** A check for each notebook; all of them take a quarter of an hour, so they run by their names. */
export const readingChecks = Object.fromEntries(
  names.map((name) => [
    `reading ${name}: it runs, and nothing is cut, empty or dead`,
    async ({ openFile, folder }) => {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      cpSync(join(notebooks, name), join(folder, name));
      const book = await openFile(name);
      await book.page.setViewportSize({ width: 1280, height: 900 });
      await book.runAll();
      await until(
        "all cells have run",
        async () => (await book.kernel())?.execution_state === "idle" && (await waiting(book)) === 0,
        RUN_PATIENCE,
      );
      const faults = await read(book, name);
      check(faults.length === 0, `${name}: ${faults.join("; ")}`);
    },
  ]),
);

/** Cells that wait for their turn, on the screen or not. */
async function waiting({ page }) {
  await page.waitForTimeout(500);
  return page.locator(".jp-InputPrompt", { hasText: "[*]" }).count();
}
