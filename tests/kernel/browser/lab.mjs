// JupyterLab in a real browser, as a person uses it: opened, clicked, typed into, looked at.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A Chromium of this machine, or undefined. */
export function findChromium() {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path));
}

/** Starts JupyterLab on `folder` and a browser; `close` ends both. */
export async function startLab({ jupyter, folder, pictures, env = {} }) {
  const port = await freePort();
  const token = "browser-check";
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
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => log.push(String(text)));
  const url = `http://127.0.0.1:${port}`;
  await until(
    "JupyterLab answers",
    async () => (await fetch(`${url}/api?token=${token}`).catch(() => null))?.ok,
    60_000,
  );
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: FLAGS,
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: "disabled:" },
  });
  mkdirSync(pictures, { recursive: true });
  return {
    log,
    /** Opens a notebook in a tab of its own. */
    async open(name, { context } = {}) {
      const within = context ?? (await browser.newContext({ viewport: { width: 1250, height: 950 } }));
      const page = await within.newPage();
      await page.goto(`${url}/lab/workspaces/${name.replace(/\W/g, "-")}-${++opened}/tree/${name}?token=${token}`);
      await page.locator(".jp-NotebookPanel .jp-Notebook").first().waitFor({ timeout: 60_000 });
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
      return new Notebook(page, within, pictures);
    },
    async close() {
      await browser.close();
      process.kill(-server.pid, "SIGTERM");
    },
  };
}

/** A notebook in the browser. */
export class Notebook {
  constructor(page, context, pictures) {
    this.page = page;
    this.context = context;
    this.pictures = pictures;
  }

  cell(number) {
    return this.page.locator(".jp-Notebook .jp-CodeCell").nth(number - 1);
  }

  async outputs(number) {
    const cell = this.cell(number);
    await cell.scrollIntoViewIfNeeded();
    return (await cell.locator(".jp-OutputArea-output").allInnerTexts()).join("\n");
  }

  prompt(number) {
    return this.cell(number).locator(".jp-InputPrompt").innerText();
  }

  async menu(...path) {
    const [top, item] = path;
    await this.page.locator(".lm-MenuBar-item", { hasText: new RegExp(`^${top}$`) }).click();
    await this.page.locator(".lm-Menu-item", { hasText: item }).first().click();
  }

  runAll() {
    return this.menu("Run", /^Run All Cells/);
  }

  async run(number) {
    await this.cell(number).locator(".jp-InputArea-editor").click();
    await this.page.keyboard.press("Control+Enter");
  }

  async type(number, text) {
    await this.cell(number).locator(".cm-content").click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
  }

  /** Waits until the kernel has nothing to do. */
  async idle(timeout = 120_000) {
    await this.page.waitForTimeout(300);
    await until(
      "the kernel is idle",
      async () => (await this.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').count()) > 0,
      timeout,
    );
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

/** Asks until `question` is true. Throws with its name when that takes too long. */
export async function until(name, question, timeout = 20_000) {
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
