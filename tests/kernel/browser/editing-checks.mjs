// What the kernel knows of a cell that is being written, as a person sees it: errors underlined, signatures, definitions, names.

import { join } from "node:path";
import { expect, until, writeNotebook } from "./lab.mjs";

/** What is underlined in a cell: the texts and what they are told to be wrong with. */
async function errorsIn(book, number) {
  const marks = book.cell(number).locator(".vitlab-error");
  return marks.evaluateAll((all) =>
    all.map((mark) => ({ text: mark.textContent, told: mark.getAttribute("data-vitlab-error") })),
  );
}

async function writeInto(book, number, text) {
  await book.cell(number).locator(".cm-content").click();
  await book.page.keyboard.press("Control+End");
  await book.page.keyboard.insertText(text);
}

/** Milliseconds from the last key until something is underlined in the cell, as the page itself sees it. */
async function timeToUnderline(book, number, key) {
  await book.cell(number).locator(".cm-content").click();
  await book.page.keyboard.press("Control+End");
  const seen = book.page.evaluate((index) => {
    const cell = document.querySelectorAll(".jp-Notebook .jp-CodeCell")[index];
    return new Promise((resolve, reject) => {
      let began = 0;
      cell.addEventListener("keydown", () => (began = performance.now()), { capture: true });
      new MutationObserver(() => {
        if (began && cell.querySelector(".vitlab-error")) resolve(performance.now() - began);
      }).observe(cell, { subtree: true, childList: true, attributes: true });
      setTimeout(() => reject(new Error("nothing is underlined after 20 s")), 20_000);
    });
  }, number - 1);
  await book.page.keyboard.type(key);
  return seen;
}

const underlined = (book, number, text) =>
  until(`${text} is underlined in cell ${number}`, async () =>
    (await errorsIn(book, number)).some((e) => e.text === text),
  );

/** The editor in JupyterLab, with the extension that `kernelspec install` brings. */
export const editingChecks = {
  async "typing: a type error is underlined, what a notebook may is not"({ open }) {
    const book = await open("typing", [
      "const total: number = 6 * 7;",
      "let label: string = total",
      "const total = 'declared again';\ntotal.toUpperCase()",
      '%cd .\n!echo hi\nimport { readFileSync } from "node:fs";\nreadFileSync("typing.ipynb", "utf8").length',
      "%%bash\necho $NOT_TYPESCRIPT",
      "%timeit totl * 2",
      "await Promise.resolve(total)",
    ]);
    // Nothing has run: the cells above count as they stand there.
    await underlined(book, 2, "label");
    const [error] = await errorsIn(book, 2);
    expect(error.told, "Type 'number' is not assignable to type 'string'. (TS2322)");
    await underlined(book, 6, "totl");
    for (const number of [1, 3, 4, 5, 7]) {
      const found = await errorsIn(book, number);
      if (found.length > 0) throw new Error(`cell ${number} is underlined: ${JSON.stringify(found)}`);
    }
    await book.cell(2).locator(".vitlab-error").hover();
    await book.page.locator(".vitlab-tooltip").waitFor();
    await book.picture("typing");
    await book.type(2, "let label: string = String(total);\nlabel");
    await until("the line is gone", async () => (await errorsIn(book, 2)).length === 0);
    await book.runAll();
    await until("the cell with the mistake refuses", async () => (await book.outputs(6)).includes("Cannot find name"));
    await until("what ran counts as it ran", async () => (await errorsIn(book, 6)).length === 1);
    for (const number of [1, 2, 3, 4, 5]) expect(JSON.stringify(await errorsIn(book, number)), "[]");
    // Of five tries the median: other things go on in a browser.
    const times = [];
    for (let i = 0; i < 5; i++) {
      await book.type(7, "const wrong: string = 1");
      await until("nothing is wrong yet, or all", async () => (await errorsIn(book, 7)).length === 1);
      await book.type(7, "const wrong: number = 1");
      await until("the line is gone", async () => (await errorsIn(book, 7)).length === 0);
      times.push(await timeToUnderline(book, 7, " + totl"));
    }
    times.sort((a, b) => a - b);
    console.log(`  a type error is underlined ${times.map(Math.round).join(", ")} ms after the last key`);
    if (times[2] > 500) throw new Error(`a type error is underlined ${Math.round(times[2])} ms after the last key`);
    // While a cell runs, too.
    await book.type(7, "await new Promise((resolve) => setTimeout(resolve, 8000));");
    await book.run(7);
    await book.type(3, "const total: string = 1;");
    await underlined(book, 3, "total");
    expect(await book.prompt(7), "[*]");
  },

  async "typing: a copy beside its notebook, with cells of the same ids; a kernel that is gone"({ open, folder }) {
    writeNotebook(join(folder, "copied.ipynb"), ["const here = 1;", "here"]);
    const book = await open("original", ["const here = 1;", "here"]);
    const { page } = book;
    await page.locator(".jp-DirListing-item", { hasText: "copied.ipynb" }).dblclick();
    const copy = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    await page.locator(".lm-TabBar-tab.lm-mod-current", { hasText: "copied.ipynb" }).waitFor();
    await copy.locator(".jp-Toolbar-kernelName", { hasText: "TypeScript (vitlab)" }).waitFor();
    await copy.locator(".jp-CodeCell .cm-content").nth(1).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" + nope");
    await copy.locator(".vitlab-error", { hasText: "nope" }).waitFor();
    expect(String(await page.locator(".jp-NotebookPanel.lm-mod-hidden .vitlab-error").count()), "0");
    await book.picture("typing-copy");
    // Without a kernel nobody knows whether it is still wrong.
    await copy.locator(".jp-Toolbar-kernelName").click();
    await page.locator(".jp-Dialog select").selectOption({ label: "No Kernel" });
    await page
      .locator(".jp-Dialog-button", { hasText: /Select|Start/ })
      .last()
      .click();
    await until("the line is gone", async () => (await copy.locator(".vitlab-error").count()) === 0);
  },

  async "typing: in Notebook 7 as well"({ open }) {
    const book = await open("typing-7", ["const total = 6 * 7;", "let label: string = total;\nMath.max"], {
      app: "notebook",
    });
    await underlined(book, 2, "label");
    await writeInto(book, 2, "");
    await book.page.keyboard.type("(");
    await book.page.locator(".vitlab-signature").waitFor();
    await book.picture("typing-notebook-7");
  },

  async "typing: signatures, definitions and renaming across cells"({ open }) {
    const book = await open("naming", [
      "/** Cuts an image. */\nfunction patchify(side: number, patch = 4) {\n  return (side / patch) ** 2;\n}",
      'import { readFileSync } from "node:fs";\nconst count = patchify(32);',
      "const sizes = { count, patch: 4 };\nsizes.count + count",
    ]);
    const { page } = book;
    await writeInto(book, 3, "\npatchify");
    await page.keyboard.type("(");
    const hint = page.locator(".vitlab-signature");
    await hint.waitFor();
    expect(await hint.innerText(), "patchify(side: number, patch?: number): number");
    expect(await hint.locator("strong").innerText(), "side: number");
    await page.keyboard.type("32, ");
    await until("the second parameter", async () => (await hint.locator("strong").innerText()) === "patch?: number");
    await book.picture("signature");
    await page.keyboard.press("Escape");
    await hint.waitFor({ state: "detached" });
    await page.keyboard.type("8");
    // Renamed where it is declared, used, and used in short.
    await book.cell(3).locator(".cm-line", { hasText: "sizes.count + count" }).click();
    await page.keyboard.press("End");
    await page.keyboard.press("F2");
    await page.locator(".jp-Dialog input").fill("patches");
    await book.picture("rename");
    await page.keyboard.press("Enter");
    await page.locator(".Toastify__toast", { hasText: "count is patches in 3 places of 2 cells" }).waitFor();
    expect(await book.cell(2).locator(".cm-content").innerText(), "const patches = patchify(32);");
    expect(await book.cell(3).locator(".cm-content").innerText(), "{ count: patches, patch: 4 }");
    expect(await book.cell(3).locator(".cm-content").innerText(), "sizes.count + patches");
    // What can't be renamed says so.
    await book.cell(2).locator(".cm-line", { hasText: "patchify" }).click();
    await page.keyboard.press("F2");
    await page
      .locator(".Toastify__toast", { hasText: "Can't rename: here is no name: put the cursor on one." })
      .waitFor();
    await page.keyboard.press("Home");
    for (let i = 0; i < "const pat".length; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("F2");
    await page.locator(".jp-Dialog input").fill("sizes");
    await page.keyboard.press("Enter");
    await page.locator(".Toastify__toast", { hasText: "Can't rename: sizes stands in cell 3" }).waitFor();
    // To another cell, and into a library.
    await book.cell(3).locator(".cm-line", { hasText: "patchify(32" }).click();
    await page.keyboard.press("Home");
    await page.keyboard.press("F12");
    await until("the cell of the function is the active one", async () =>
      (await book.cell(1).getAttribute("class")).includes("jp-mod-active"),
    );
    await writeInto(book, 2, "\nreadFileSync");
    await page.keyboard.press("F12");
    await page.locator(".jp-Dialog-header", { hasText: "fs.d.ts" }).waitFor();
    await book.picture("definition");
    await page.locator(".jp-Dialog-button", { hasText: "Close" }).click();
    const cells = await book.save();
    expect(cells[2].source.toString(), "{ count: patches, patch: 4 }");
  },
};
