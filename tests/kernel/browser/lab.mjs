// JupyterLab and Notebook 7 in a real browser, as a person uses them: opened, clicked, typed into, looked at.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.mjs";
import { readPixels } from "./pixels.mjs";

/** How long anything may take, in milliseconds: a busy machine is no fault. */
const PATIENCE = 180_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts JupyterLab on `folder` and a browser; `close` ends both. `withoutExtensions` names lab extensions to switch off.
 */
export async function startLab({ jupyter, folder, pictures, withoutExtensions = [] }) {
  const port = await freePort();
  const token = "browser-check";
  // Settings, trust and the last state of the page: none of this user's own, and none of theirs changed.
  const home = mkdtempSync(join(folder, ".home-"));
  const settings = join(home, "settings");
  const places = {
    JUPYTER_CONFIG_DIR: join(home, "config"),
    JUPYTER_DATA_DIR: join(home, "data"),
    JUPYTERLAB_SETTINGS_DIR: settings,
    JUPYTERLAB_WORKSPACES_DIR: join(home, "workspaces"),
  };
  const disabled = Object.fromEntries(withoutExtensions.map((name) => [name, true]));
  writeJson(join(home, "config", "labconfig", "page_config.json"), { disabledExtensions: disabled });
  const log = [];
  let opened = 0;
  const server = spawn(
    jupyter,
    [
      "lab",
      "--no-browser",
      "--allow-root",
      `--port=${port}`,
      `--IdentityProvider.token=${token}`,
      `--ServerApp.root_dir=${folder}`,
      "--LabApp.news_url=None",
    ],
    { env: { ...process.env, ...places }, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  // Whatever ends this program ends the server.
  const kill = () => process.kill(-server.pid, "SIGKILL");
  process.once("exit", kill);
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => log.push(String(text)));
  const url = `http://127.0.0.1:${port}`;
  await until("JupyterLab answers", async () => (await fetch(`${url}/api?token=${token}`).catch(() => null))?.ok);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: FLAGS,
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: "disabled:" },
  });
  // One for all pages, so that they share what the browser has loaded and compiled.
  const context = await browser.newContext();
  mkdirSync(pictures, { recursive: true });
  return {
    log,
    /**
     * Opens a notebook in a tab of its own, in JupyterLab or, as `app: "notebook"`, in Notebook 7; as `kernel: false`
     * without a kernel.
     */
    async open(name, { app = "lab", kernel: wanted = true } = {}) {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      await page.setViewportSize({ width: 1250, height: 950 });
      const lab = `lab/workspaces/${name.replace(/\W/g, "-")}-${++opened}`;
      const place = !wanted ? lab : `${app === "notebook" ? "notebooks" : `${lab}/tree`}/${name}`;
      await page.goto(`${url}/${place}?token=${token}`);
      if (!wanted) await openWithoutKernel(page, name);
      await page.locator(".jp-NotebookPanel .jp-Notebook").first().waitFor();
      if (app === "lab") await dismissQuestions(page);
      const session = async () => {
        const sessions = await fetch(`${url}/api/sessions?token=${token}`)
          .then((reply) => reply.json())
          // The server of a check that failed may be gone.
          .catch(() => []);
        return sessions.find(({ path }) => path === name);
      };
      const shutdown = async () => {
        const { id } = (await session()) ?? {};
        if (id) await fetch(`${url}/api/sessions/${id}?token=${token}`, { method: "DELETE" });
      };
      const kernel = async () => (await session())?.kernel;
      const book = new Notebook({ page, pictures, kernel, shutdown, file: join(folder, name) });
      if (wanted) await book.idle();
      return book;
    },
    /** Which theme pages opened from now on have: "JupyterLab Light", "JupyterLab Dark". */
    theme(theme) {
      writeJson(join(settings, "@jupyterlab", "apputils-extension", "themes.jupyterlab-settings"), { theme });
    },
    /** Opens a file as a page, without a network. */
    async openFile(path) {
      const context = await browser.newContext({ viewport: { width: 1250, height: 950 }, offline: true });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      await page.goto(`file://${path}`);
      return page;
    },
    async close() {
      await browser.close();
      const ended = new Promise((resolve) => (server.exitCode === null ? server.once("exit", resolve) : resolve()));
      process.kill(-server.pid, "SIGTERM");
      const timer = setTimeout(kill, 10_000);
      await ended;
      clearTimeout(timer);
      process.removeListener("exit", kill);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A new page asks whether to tell of news, and the like. */
async function dismissQuestions(page) {
  await page
    .locator(".jp-Dialog")
    .first()
    .waitFor({ timeout: 1500 })
    .catch(() => {});
  for (const label of ["No", "Dismiss"]) {
    const button = page.getByRole("button", { name: label, exact: true });
    if (
      await button
        .first()
        .isVisible()
        .catch(() => false)
    )
      await button.first().click();
  }
}

/** Opens a notebook by "Open With" in the list of files. */
async function openWithoutKernel(page, name) {
  await page.locator(".jp-DirListing-item", { hasText: name }).click({ button: "right" });
  await page.locator(".lm-Menu-item", { hasText: /^Open With/ }).hover();
  await page.locator(".lm-Menu-item", { hasText: "Notebook (no kernel)" }).click();
}

/** A notebook in the browser. */
export class Notebook {
  constructor({ page, pictures, kernel, shutdown, file }) {
    this.page = page;
    this.pictures = pictures;
    this.kernel = kernel;
    this.shutdown = shutdown;
    this.file = file;
  }

  cell(number) {
    return this.page.locator(".jp-Notebook .jp-CodeCell").nth(number - 1);
  }

  async outputs(number) {
    const cell = this.cell(number);
    await cell.scrollIntoViewIfNeeded();
    // As it is seen: what stands for a panel without a kernel is hidden while the panel lives.
    return (await cell.locator(".jp-OutputArea-output:visible").allInnerTexts()).join("\n");
  }

  prompt(number) {
    return this.cell(number).locator(".jp-InputPrompt").innerText();
  }

  async menu(...path) {
    const [top, item] = path;
    await this.page.locator(".lm-MenuBar-item", { hasText: new RegExp(`^${top}$`) }).click();
    await this.page.locator(".lm-Menu-item", { hasText: item }).first().click();
  }

  async runAll() {
    await this.menu("Run", /^Run All Cells/);
    // Away from the figures to come: where the pointer rests, they become graphs.
    await this.page.mouse.move(0, 0);
  }

  async run(number) {
    await this.cell(number).locator(".jp-InputArea-editor").click();
    await this.page.keyboard.press("Control+Enter");
    await this.page.mouse.move(0, 0);
  }

  async type(number, text) {
    await this.cell(number).locator(".cm-content").click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
  }

  /** Waits until the page is connected to a kernel that has nothing to do. */
  async idle() {
    await this.page.waitForTimeout(300);
    await until("the kernel is idle", async () => {
      const { execution_state, connections } = (await this.kernel()) ?? {};
      const waiting = await this.page.locator(".jp-InputPrompt", { hasText: "[*]" }).count();
      return execution_state === "idle" && connections > 0 && waiting === 0;
    });
  }

  /** Saves, and returns the cells as they are in the file then. */
  async save() {
    const before = readFileSync(this.file, "utf8");
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("Control+s");
    await until("the notebook is saved", async () => readFileSync(this.file, "utf8") !== before);
    await this.page.waitForTimeout(300);
    return JSON.parse(readFileSync(this.file, "utf8")).cells;
  }

  /** Changes the theme as a person does. */
  async theme(name) {
    await this.menu("Settings", /^Theme/);
    await this.page.locator(".lm-Menu-item", { hasText: new RegExp(`${name}$`) }).click();
    await this.page.mouse.move(0, 0);
  }

  /** The page loaded anew. */
  async reload() {
    await this.page.reload();
    await this.page.locator(".jp-NotebookPanel .jp-Notebook").first().waitFor();
    await this.idle();
  }

  /** The output of a cell that is a figure. */
  figure(number) {
    return this.cell(number).locator(".jp-OutputArea-output:has(img, .js-plotly-plot)");
  }

  /** Waits for a cell's figure; an error of the cell is thrown instead. */
  async waitForFigure(number) {
    const figure = this.figure(number);
    const error = this.cell(number).locator('[data-mime-type="application/vnd.jupyter.stderr"]');
    await figure.or(error).first().waitFor();
    if ((await figure.count()) === 0) throw new Error(`cell ${number}: ${(await error.first().innerText()).trim()}`);
    return figure;
  }

  /** A cell's figure, as it is seen. */
  async look(number) {
    // JupyterLab draws a cell that is out of sight when it comes into sight.
    await this.cell(number).scrollIntoViewIfNeeded();
    const figure = await this.waitForFigure(number);
    await figure.scrollIntoViewIfNeeded();
    return readPixels(await figure.screenshot());
  }

  /** Closes the page, and ends the kernel so that the next check has the machine to itself. */
  async close() {
    if (this.closed) return;
    this.closed = true;
    await this.page.close();
    await this.shutdown();
  }

  picture(name) {
    return this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }
}

/** Writes a notebook for the project's kernel. */
export function writeNotebook(file, sources) {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `cell-${i}`,
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  const kernelspec = { name: "vitlab", display_name: "TypeScript (vitlab)", language: "typescript" };
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
}

function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}

/** Throws with both when `text` has not `part` in it. */
export function expect(text, part) {
  if (!text.includes(part))
    throw new Error(`expected to see ${JSON.stringify(part)}, saw ${JSON.stringify(text.slice(0, 600))}`);
}

/** Asks until `question` is true. Throws with its name when that takes too long. */
export async function until(name, question, timeout = PATIENCE) {
  const end = Date.now() + timeout;
  while (!(await question())) {
    if (Date.now() > end) throw new Error(`waited ${timeout / 1000} s in vain: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
