import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.mjs";

/** Starts a browser without a network, for pages of the disk. */
export function startBrowser() {
  return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
}

/**
 * Opens an explorer's page from the disk and waits until it computes; `said` is what the console was told.
 *
 * @param after the file's name: "?engine=cpu", "#i3.qc"
 */
export async function openExplorer(browser, file, { after = "", ...options } = {}) {
  const context = await browser.newContext({ offline: true, viewport: { width: 1250, height: 950 }, ...options });
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  await page.goto(pathToFileURL(file).href + after);
  await page.waitForFunction(() => window.vitlabExplorer, undefined, { timeout: 60_000 });
  return { page, said, close: () => context.close() };
}
