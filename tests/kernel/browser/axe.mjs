import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Throws where axe-core finds what keeps people out: a serious or critical violation in what the selector names. `except`
 * names rules that others break, such as JupyterLab in its own elements.
 */
export async function checkAccessible(page, selector, { except = [] } = {}) {
  // Not as a script of the page: JupyterLab has a loader of modules that would take it.
  await page.evaluate(`{ const module = undefined, exports = undefined, define = undefined; ${source} }`);
  const { violations } = await page.evaluate(
    ([selector, except]) =>
      window.axe.run(
        { include: [[selector]] },
        { resultTypes: ["violations"], rules: Object.fromEntries(except.map((rule) => [rule, { enabled: false }])) },
      ),
    [selector, except],
  );
  const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  if (found.length === 0) return;
  const told = found.map(
    ({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html }) => html.slice(0, 160)).join(", ")}`,
  );
  throw new Error(`axe-core found in ${selector}: ${told.join("; ")}`);
}
