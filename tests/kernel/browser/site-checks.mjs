// The notebooks as pages, opened from the disk without a network: every page, wide and narrow, light and dark.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSite } from "../../../setup/site/write-site.mjs";
import { checkAccessible } from "./axe.mjs";
import { startBrowser } from "./open-page.mjs";
import { check } from "./see.mjs";

/** Where a machine is busy, a page takes its time, in milliseconds. */
const PATIENCE = 120_000;

/** Each size and each theme is seen on every notebook; sources have one view. */
const VIEWS = [
  ["wide", "light"],
  ["phone", "dark"],
];

const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let written;

/** The site's folder, written once for all checks; it goes with the process. */
function theSite() {
  written ??= writeOnce();
  return written;
}

async function writeOnce() {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-site-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await writeSite(join(folder, "site"));
  return join(folder, "site");
}

/** Runs `use` with a browser that goes afterwards. */
async function withBrowser(use) {
  const browser = await startBrowser();
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** Runs `use` with a browser and the site. */
async function withSite(use) {
  const site = await theSite();
  await withBrowser((browser) => use({ browser, site }));
}

/** Opens a page without a network; `said` is what its console was told and what it couldn't load. */
async function open(browser, file, options) {
  const context = await browser.newContext({ offline: true, viewport: SIZES.wide, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => said.push(`not loaded: ${request.url()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, said, close: () => context.close() };
}

/** The site's own pages, not that of the explorer. */
function pagesOf(site) {
  return readdirSync(site, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith(".html"))
    .map(({ parentPath, name }) => relative(site, join(parentPath, name)))
    .filter((path) => !path.startsWith("assets"))
    .sort();
}

function isSource(path) {
  return !/^(zh\/)?[^/]*\.html$/.test(path);
}

/** Parts of a page of which pictures are taken. */
const MOST_PICTURES = 4;

/** Scrolls through a page, so that what is loaded when it is seen has been seen; `takePicture` sees the first parts. */
async function readThrough(page, takePicture) {
  const { height, step } = await page.evaluate(() => ({ height: document.body.scrollHeight, step: innerHeight }));
  for (let part = 0; part * step < height; part++) {
    await page.evaluate((top) => scrollTo(0, top), part * step);
    await page.waitForTimeout(50);
    if (part < MOST_PICTURES) await takePicture(part);
  }
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
}

/** Reads one page in one view, and takes pictures of it. */
async function readPage(browser, site, path, [size, colorScheme], pictures) {
  const viewport = SIZES[size];
  const { page, said, close } = await open(browser, join(site, path), { viewport, colorScheme });
  const name = `site-${path.replace(/\W+/g, "-").replace(/-html$/, "")}-${size}-${colorScheme}`;
  await readThrough(page, (part) => page.screenshot({ path: join(pictures, `${name}-${part}.png`) }));
  const where = `${path} (${size}, ${colorScheme})`;
  const found = await page.evaluate(() => ({
    width: document.scrollingElement.scrollWidth,
    broken: [...document.images].filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src),
    anchors: [...document.querySelectorAll('a[href^="#"]')]
      .map(({ hash }) => decodeURIComponent(hash.slice(1)))
      .filter((id) => !document.getElementById(id)),
    background: getComputedStyle(document.body).backgroundColor,
  }));
  check(found.width <= viewport.width, `${where} scrolls sideways: it is ${found.width} pixels wide`);
  check(found.broken.length === 0, `${where} lacks pictures: ${found.broken.join(", ")}`);
  check(found.anchors.length === 0, `${where} has links to no place: ${found.anchors.join(", ")}`);
  const ground = colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(17, 17, 17)";
  check(found.background === ground, `${where} has the ground ${found.background}`);
  check(said.length === 0, `${where} says: ${said.join("; ")}`);
  if (size === "wide") await checkAccessible(page, "body");
  await close();
}

/** What the site does in a browser. */
export const siteChecks = {
  async "site: every page is whole, silent and no wider than the screen, in both themes"({ pictures }) {
    mkdirSync(pictures, { recursive: true });
    const site = await theSite();
    // A browser for each page: one that has shown many long ones is slow.
    for (const path of pagesOf(site))
      await withBrowser(async (browser) => {
        for (const view of isSource(path) ? VIEWS.slice(1) : VIEWS) await readPage(browser, site, path, view, pictures);
      });
  },

  async "site: links between its pages lead to pages"() {
    await withSite(async ({ browser, site }) => {
      const pages = new Set(pagesOf(site).map((path) => pathToFileURL(join(site, path)).href));
      for (const path of pagesOf(site)) {
        const { page, close } = await open(browser, join(site, path));
        const links = await page.evaluate(() => [...document.links].map(({ href }) => href));
        const lost = links
          .filter((href) => href.startsWith("file:") && !href.includes("/assets/explorer-"))
          .filter((href) => !pages.has(href.replace(/[?#].*$/, "")));
        check(lost.length === 0, `${path} has links to nothing: ${lost.join(", ")}`);
        await close();
      }
    });
  },

  async "site: a figure becomes a graph under the pointer, and follows the theme that is chosen"({ pictures }) {
    mkdirSync(pictures, { recursive: true });
    await withSite(async ({ browser, site }) => {
      const { page, said, close } = await open(browser, join(site, "03-embedding.html"), { colorScheme: "dark" });
      const figure = page.locator("figure.plot").first();
      check((await page.evaluate(() => window.Plotly)) === undefined, "Plotly was loaded before a figure was seen");
      await figure.scrollIntoViewIfNeeded();
      await page.waitForFunction(() => window.Plotly);
      const before = await figure.boundingBox();
      await figure.locator("img").first().hover();
      await figure.locator(".live .main-svg").first().waitFor();
      await page.mouse.move(before.x + 200, before.y + before.height / 2);
      await figure.locator(".hovertext").first().waitFor();
      const { height } = await figure.boundingBox();
      check(Math.abs(height - before.height) < 2, `the figure was ${before.height} high, and is ${height}`);
      await figure.screenshot({ path: join(pictures, "site-figure-dark.png") });
      await page.locator("button.theme").click();
      await page.waitForFunction(
        () => getComputedStyle(document.querySelector(".live .main-svg")).backgroundColor === "rgb(255, 255, 255)",
      );
      await page.goto(pathToFileURL(join(site, "zh", "index.html")).href);
      const theme = await page.evaluate(() => document.documentElement.dataset.theme);
      check(theme === "light", `the chosen theme was forgotten: ${theme}`);
      check(said.length === 0, `the console says: ${said.join("; ")}`);
      await close();
      // A finger has no rest: it taps.
      const phone = { viewport: SIZES.phone, hasTouch: true, isMobile: true };
      const touched = await open(browser, join(site, "03-embedding.html"), phone);
      const plot = touched.page.locator("figure.plot").first();
      await plot.scrollIntoViewIfNeeded();
      await plot.tap();
      await plot.locator(".live .main-svg").first().waitFor();
      const width = await touched.page.evaluate(() => document.scrollingElement.scrollWidth);
      check(width <= SIZES.phone.width, `with a graph the page is ${width} pixels wide`);
      await touched.close();
    });
  },

  async "site: its figures stand and its themes hold without a program"() {
    await withSite(async ({ browser, site }) => {
      const { page, close } = await open(browser, join(site, "03-embedding.html"), {
        javaScriptEnabled: false,
        colorScheme: "dark",
      });
      const plot = page.locator("figure.plot img").first();
      await plot.scrollIntoViewIfNeeded();
      check(await plot.isVisible(), "the picture of a plot isn't there");
      check(!(await page.locator("button.theme").isVisible()), "a switch is there that does nothing");
      await close();
    });
  },

  async "site: the explorer is alive in it, in the page's language and theme"({ pictures }) {
    mkdirSync(pictures, { recursive: true });
    await withSite(async ({ browser, site }) => {
      for (const [path, language] of [
        ["index.html", "en"],
        ["zh/index.html", "zh"],
      ]) {
        const { page, said, close } = await open(browser, join(site, path), { colorScheme: "light" });
        await page.locator("button.theme").click();
        await page.locator("iframe").scrollIntoViewIfNeeded();
        const frame = page.frameLocator("iframe");
        const answer = frame.locator(".vx-says strong");
        await answer.waitFor();
        const chosen = await frame.locator(".vx-language").inputValue();
        check(chosen === language, `in ${path} the explorer speaks ${chosen}`);
        await frame.locator(".vx[data-theme=dark]").waitFor();
        const before = await answer.textContent();
        await frame.locator(".vx-tools button").nth(1).click();
        for (const patch of [18, 19, 20, 26, 27, 28]) await frame.locator(`[data-patch='${patch}']`).click();
        for (let i = 0; (await answer.textContent()) === before; i++) {
          check(i < 300, `in ${path} patches were painted out, and the answer stayed ${before}`);
          await page.waitForTimeout(200);
        }
        // Its frame is as high as it is, sooner or later.
        await page.frames()[1].waitForFunction(() => document.scrollingElement.scrollHeight <= innerHeight);
        await page.screenshot({ path: join(pictures, `site-explorer-${language}.png`) });
        check(said.length === 0, `the console says: ${said.join("; ")}`);
        await close();
      }
    });
  },
};
