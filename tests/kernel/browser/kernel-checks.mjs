import { expect, until } from "./lab.mjs";

const SMALL_TRAINING = `import { fit, presets, shapes, useEngine, ViT } from "vitlab";
await useEngine();
const images = shapes({ count: 3000, seed: 1 });
const model = new ViT({ ...presets.articleSimpleViT, dim: 16, mlpDim: 32 });`;

/** Pulls the first slider of a notebook to the right. */
async function dragSlider(book) {
  const box = await book.page.locator(".noUi-handle").first().boundingBox();
  await book.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await book.page.mouse.down();
  for (let x = 0; x <= 60; x += 10) await book.page.mouse.move(box.x + x, box.y + box.height / 2);
  await book.page.mouse.up();
}

/** A notebook whose second cell awaits a long training. */
async function openTraining(open, title, options) {
  const training = "const run = fit(model, { train: images, epochs: 500, batchSize: 16 });\nawait run;";
  const book = await open(title, [SMALL_TRAINING, training], options);
  await book.run(1);
  await book.idle();
  await book.run(2);
  await until("the training runs", async () => (await book.prompt(2)) === "[*]:");
  await book.page.waitForTimeout(2000);
  return book;
}

/** The console that opens in the page, and how to ask it something. */
async function consoleOf({ page }) {
  const console = page.locator(".jp-CodeConsole");
  const prompt = console.locator(".jp-CodeConsole-input .cm-content");
  await prompt.waitFor();
  // It asks for its subshell, where it has one, as it opens.
  await page.waitForTimeout(1500);
  const ask = async (code) => {
    await prompt.click();
    await page.keyboard.type(code);
    await page.keyboard.press("Shift+Enter");
  };
  return { console, prompt, ask };
}

/** What the kernel does in JupyterLab. */
export const kernelChecks = {
  async "run all: results, tables, HTML, errors of the compiler"({ open }) {
    const book = await open("run-all", [
      "const answer: number = 6 * 7;\nanswer",
      "[{ model: 'tiny', accuracy: 0.5 }, { model: 'small', accuracy: 0.61 }, { model: 'wide', accuracy: 0.7 }]",
      "console.log('out'); console.error('err'); await Promise.resolve('later')",
      "%%html\n<b style='color:crimson'>bold</b>",
      "%timeit Math.sqrt(2)",
    ]);
    await book.runAll();
    await book.idle();
    expect(await book.outputs(1), "42");
    expect(await book.outputs(2), "accuracy");
    expect(await book.outputs(3), "out");
    expect(await book.outputs(3), "'later'");
    expect(await book.outputs(4), "bold");
    expect(await book.outputs(5), "per loop");
    expect(await book.prompt(5), "[5]");
    await book.picture("run-all");
  },

  async "an error stops Run All and shows a traceback that names the cell's line"({ open }) {
    const book = await open("error", [
      "const before = 1;",
      "function patchify(size: number): number {\n  const image = 30;\n  if (image % size !== 0) {\n    throw new RangeError(`patch size ${size} does not divide ${image}`);\n  }\n  return image / size;\n}\npatchify(4)",
      "console.log('never')",
      "const wrong: string = before;",
    ]);
    await book.runAll();
    await book.idle();
    expect(await book.outputs(2), "RangeError: patch size 4 does not divide 30");
    expect(await book.outputs(2), "throw new RangeError");
    expect(await book.prompt(3), "[ ]");
    await book.run(4);
    await book.idle();
    expect(await book.outputs(4), "Type 'number' is not assignable to type 'string'");
    await book.picture("error");
  },

  async "stop breaks an endless loop, and the variables are there"({ open }) {
    const book = await open("stop", ["let n: number = 7;", "while (true) {}", "n + 1"]);
    await book.run(1);
    await book.idle();
    await book.run(2);
    await book.page.waitForTimeout(1000);
    await book.menu("Kernel", /^Interrupt Kernel/);
    await book.idle();
    expect(await book.outputs(2), "KeyboardInterrupt");
    await book.run(3);
    await book.idle();
    expect(await book.outputs(3), "8");
    await book.picture("stop");
  },

  async "stop ends a training run at its next step, and the model is there"({ open }) {
    const book = await open("stop-training", [
      SMALL_TRAINING,
      "const history = await fit(model, { train: images, epochs: 50, batchSize: 16 });\nconsole.log('ended by itself');",
      "console.log(model.parameterCount().total > 1000 ? 'model is there' : 'lost', typeof history);",
    ]);
    await book.run(1);
    await book.idle();
    await book.run(2);
    await book.page.waitForTimeout(4000);
    await book.menu("Kernel", /^Interrupt Kernel/);
    await book.idle();
    expect(await book.outputs(2), "KeyboardInterrupt");
    await book.run(3);
    await book.idle();
    expect(await book.outputs(3), "model is there object");
    await book.picture("stop-training");
  },

  async "a console of a subshell looks at a training while the cell awaits it"({ open }) {
    const book = await openTraining(open, "subshell");
    await book.cell(1).locator(".jp-InputArea-editor").click({ button: "right" });
    await book.page.locator(".lm-Menu-item", { hasText: "New Subshell Console for Notebook" }).click();
    const { console, prompt, ask } = await consoleOf(book);
    await ask("run.history.length");
    const answers = console.locator(".jp-CodeConsole-content .jp-OutputArea-output");
    await until("the console answers", async () => (await answers.count()) > 0);
    const answer = await answers.first().innerText();
    if (!/^\d+$/.test(answer)) throw new Error(`the length of the history is ${answer}`);
    expect(await book.prompt(2), "[*]");
    // Completion knows what the cell that runs has declared.
    await prompt.click();
    await book.page.keyboard.type("model.parameterC");
    await book.page.keyboard.press("Tab");
    const offered = book.page.locator(".jp-Completer-item", { hasText: "parameterCount" });
    await until("the name is offered", async () => (await offered.count()) > 0);
    await book.picture("subshell");
    await book.page.keyboard.press("Escape");
    await prompt.click();
    await book.page.keyboard.press("Control+a");
    await book.page.keyboard.press("Delete");
    expect(await book.prompt(2), "[*]");
    await book.menu("Kernel", /^Interrupt Kernel/);
    await until("the training ends", async () => (await book.prompt(2)) !== "[*]:");
  },

  async "the scratchpad of Notebook 7 waits for the cell, and shares its variables"({ open }) {
    const book = await openTraining(open, "scratchpad", { app: "notebook" });
    await book.page.keyboard.press("Escape");
    await book.page.keyboard.press("Control+b");
    const { console, ask } = await consoleOf(book);
    await ask("run.history.length");
    // Notebook 7.6 asks for no subshell of its own: as with ipykernel its cell comes after the notebook's.
    const answers = console.locator(".jp-CodeConsole-content .jp-OutputArea-output");
    await book.page.waitForTimeout(1000);
    expect(await console.locator(".jp-CodeConsole-content .jp-InputPrompt").last().innerText(), "[*]");
    expect(await book.prompt(2), "[*]");
    await book.menu("Kernel", /^Interrupt Kernel/);
    await until("the scratchpad answers", async () => (await answers.count()) > 0);
    const answer = await answers.first().innerText();
    if (!/^\d+$/.test(answer)) throw new Error(`the length of the history is ${answer}`);
    expect(await book.prompt(2), "[2]");
    expect(await console.locator(".jp-CodeConsole-content .jp-InputPrompt").last().innerText(), "[3]");
    await book.picture("scratchpad");
  },

  async "restart forgets the variables"({ open }) {
    const book = await open("restart", ["const kept = 1;", "kept"]);
    await book.run(1);
    await book.idle();
    await book.menu("Kernel", /^Restart Kernel…/);
    await book.page.locator(".jp-Dialog-button", { hasText: "Restart" }).last().click();
    await book.page.waitForTimeout(1500);
    await book.idle();
    await book.run(2);
    await book.idle();
    expect(await book.outputs(2), "Cannot find name 'kept'");
    await book.picture("restart");
  },

  async "dragging an ipywidgets slider calls TypeScript, and the output follows"({ open }) {
    const book = await open("slider", [
      `import { slider } from "vitlab";
const n = slider(0, 50, { value: 5, description: "n" });
n.on("value", (value) => display({ "text/plain": \`n^2 = \${value * value}\` }, { displayId: "square", update: true }));
n`,
      'display({ "text/plain": `n^2 = ${n.get("value") ** 2}` }, { displayId: "square" });',
    ]);
    await book.runAll();
    await book.idle();
    expect(await book.outputs(2), "n^2 = 25");
    await book.page.locator(".noUi-handle").first().waitFor();
    await book.picture("slider-before");
    await dragSlider(book);
    await until("the output follows", async () => !(await book.outputs(2)).includes("n^2 = 25"));
    const square = Number((await book.outputs(2)).match(/n\^2 = (\d+)/)[1]);
    if (!(square > 25)) throw new Error(`the slider went right, and n^2 is ${square}`);
    await book.picture("slider");
  },

  async "a slider is heard while Run All goes on, a button ends the training that a cell awaits"({ open }) {
    const book = await open("during-run-all", [
      `${SMALL_TRAINING}
import { anyWidget, slider } from "vitlab";
const heard = slider(0, 50, { value: 5, description: "n" });
heard.on("value", (value) => display({ "text/plain": \`heard \${value}\` }, { displayId: "heard", update: true }));
display({ "text/plain": "heard nothing" }, { displayId: "heard" });
heard`,
      `const stop = new AbortController();
const button = anyWidget({ esm: \`export default { render({ model, el }) {
  const button = document.createElement("button");
  button.className = "stop"; button.textContent = "Stop";
  button.onclick = () => model.send("stop");
  el.appendChild(button);
} }\` });
button.onMessage(() => stop.abort());
button`,
      `const training = fit(model, { train: images, epochs: 500, batchSize: 16, signal: stop.signal });
const { reason } = await training;
reason`,
      "await new Promise((resolve) => setTimeout(resolve, 500));\n'the end'",
    ]);
    await book.runAll();
    await book.page.locator(".noUi-handle").first().waitFor();
    const stop = book.page.locator("button.stop");
    await stop.waitFor();
    await until("the training runs", async () => (await book.prompt(3)).includes("*"));
    await book.page.waitForTimeout(1500);
    await dragSlider(book);
    await until("the slider is heard", async () => /heard \d+/.test(await book.outputs(1)));
    expect(await book.prompt(3), "[*]");
    expect(await book.prompt(4), "[*]");
    await book.picture("during-run-all");
    await stop.click();
    await book.idle();
    expect(await book.outputs(3), "aborted");
    expect(await book.outputs(4), "the end");
    await book.picture("after-stop-button");
  },

  async "two widgets of one's own keep their styles, and output goes where it is captured"({ open }) {
    const book = await open("two-styles", [
      `import { anyWidget, outputWidget } from "vitlab";
const colored = (color: string) => anyWidget({
  esm: \`export default { render({ el }) { el.innerHTML = "<b class='\${color}'>\${color}</b>" } }\`,
  css: \`.\${color} { color: \${color}; font-size: 24px }\`,
});
display(colored("red"));
colored("blue")`,
      "const log = outputWidget();\nlog",
      "log.capture(() => console.log('captured here'));\nconsole.log('printed there')",
    ]);
    await book.runAll();
    await book.idle();
    const color = (name) => book.page.locator(`b.${name}`).evaluate((element) => getComputedStyle(element).color);
    await book.page.locator("b.blue").waitFor();
    expect([await color("red"), await color("blue")].join(" and "), "rgb(255, 0, 0) and rgb(0, 0, 255)");
    await until("the output is captured", async () => (await book.outputs(2)).includes("captured here"));
    expect(await book.outputs(3), "printed there");
    if ((await book.outputs(3)).includes("captured here")) throw new Error("the output is shown twice");
    await book.picture("two-styles");
  },

  async "the panel of kernel usage shows figures, and the cell that runs stays busy meanwhile"({ open }) {
    const book = await open("usage", ["await new Promise((resolve) => setTimeout(resolve, 12_000));\n'over'"]);
    await book.page.locator('.lm-TabBar-tab[data-id="kernelusage-panel-id"]').click();
    await book.run(1);
    const panel = book.page.locator(".jp-KernelUsage-content");
    await until("the panel has figures", async () => {
      const text = (await panel.allInnerTexts()).join("\n");
      return /CPU: [\d.]+/.test(text) && /Memory: [\d.]+/.test(text);
    });
    await book.picture("usage");
    expect(await book.prompt(1), "[*]");
    expect(await book.page.locator("#jp-main-statusbar").innerText(), "Busy");
    await book.idle();
    expect(await book.outputs(1), "over");
  },

  async "an anywidget draws binary state and sends what is clicked"({ open }) {
    const book = await open("anywidget", [
      `import { anyWidget } from "vitlab";
const esm = \`
export default { render({ model, el }) {
  const button = document.createElement("button");
  button.className = "count";
  const draw = () => { button.textContent = "count " + model.get("count") + ", byte " + new Uint8Array(model.get("bytes").buffer ?? model.get("bytes"))[1]; };
  button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
  model.on("change:count", draw); draw(); el.appendChild(button);
} }\`;
const counter = anyWidget({ esm, css: ".count { font-size: 20px; padding: 8px }" }, { count: 3, bytes: new Uint8Array([1, 42]) });
counter`,
      'counter.get("count")',
    ]);
    await book.run(1);
    await book.idle();
    const button = book.page.locator("button.count");
    await button.waitFor();
    expect(await button.innerText(), "count 3, byte 42");
    await button.click();
    await button.click();
    await book.run(2);
    await book.idle();
    expect(await book.outputs(2), "5");
    await book.picture("anywidget");
  },

  async "tab completes with documentation, shift-tab shows the docstring"({ open }) {
    const book = await open("completion", ["", "Math.max(1, 2)"]);
    // Several begin with this: JupyterLab writes a single one at once, without a list.
    await book.type(1, "Math.s");
    await pressUntilSeen(book, "Tab", ".jp-Completer-item");
    expect((await book.page.locator(".jp-Completer-item").allInnerTexts()).join(" "), "sqrt");
    await book.page.waitForTimeout(500);
    await book.picture("completion");
    await book.page.keyboard.press("Escape");
    await book.type(1, "Math.sqrt(");
    const tooltip = await pressUntilSeen(book, "Shift+Tab", ".jp-Tooltip");
    await until("the docstring is shown", async () => (await tooltip.innerText()).includes("square root"));
    await book.picture("tooltip");
  },

  async "a second browser tab reconnects to the same variables and widgets"({ open, lab }) {
    const book = await open("reconnect", ["let shared = 41;", "shared += 1; shared"]);
    await book.runAll();
    await book.idle();
    await book.page.keyboard.press("Control+s");
    await book.page.waitForTimeout(1500);
    const second = await lab.open("reconnect.ipynb");
    await second.run(2);
    await second.idle();
    expect(await second.outputs(2), "43");
    await second.picture("reconnect");
  },

  async "input asks below the cell"({ open }) {
    const book = await open("input", ['const name = await input("name? ");\n`hello ${name}`']);
    await book.run(1);
    const box = book.page.locator(".jp-Stdin-input");
    await box.waitFor();
    await book.picture("input");
    await box.fill("cat");
    await box.press("Enter");
    await book.idle();
    expect(await book.outputs(1), "'hello cat'");
  },

  async "the debugger stops at a breakpoint and shows the variables"({ open }) {
    const book = await open("debugger", [
      "function area(width: number, height: number): number {\n  const product = width * height;\n  return product;\n}\nconst size = area(3, 4);\nsize",
    ]);
    const button = book.page.locator(".jp-DebuggerBugButton");
    await button.waitFor();
    await until(
      "the debugger can be switched on",
      async () => (await button.getAttribute("aria-disabled")) !== "true" && !(await button.isDisabled()),
    );
    await button.click();
    await book.page.waitForTimeout(1500);
    const sidebar = book.page.locator(".jp-DebuggerSidebar");
    if (!(await sidebar.isVisible())) await book.page.locator('.lm-TabBar-tab[data-id="jp-debugger-sidebar"]').click();
    await sidebar.waitFor();
    await book.page.waitForTimeout(1500);
    const gutter = book.cell(1).locator(".cm-breakpoint-gutter .cm-gutterElement");
    await gutter.nth(3).click();
    await book.page.waitForTimeout(1000);
    await book.picture("debugger-breakpoint");
    await book.run(1);
    await until("the sidebar shows the variable", async () =>
      (await book.page.locator(".jp-DebuggerSidebar").innerText()).includes("product"),
    );
    await book.picture("debugger-stopped");
    expect(await book.page.locator(".jp-DebuggerSidebar").innerText(), "12");
    await book.page.locator("[data-command='debugger:continue'], .jp-DebuggerCallstack button").first().click();
    await book.idle();
    expect(await book.outputs(1), "12");
    await book.picture("debugger-done");
  },
};

/**
 * Presses a key until what it asks for is seen, as a person does: JupyterLab gives an answer up that takes longer than a
 * second, or that comes while it is still busy with the letters before.
 */
async function pressUntilSeen({ page }, key, selector) {
  const wanted = page.locator(selector).first();
  for (let tries = 0; tries < 10 && !(await wanted.isVisible()); tries++) {
    await page.keyboard.press(key);
    await wanted.waitFor({ timeout: 5000 }).catch(() => {});
  }
  await wanted.waitFor({ timeout: 1000 });
  return wanted;
}
