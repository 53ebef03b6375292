import { inLanguage } from "../../base/language";
import { forXml } from "../../base/plain-text";
import { htmlTable } from "../../base/text-table";
import { figuresPage } from "../../figure/figures-page";
import type { PlotFigure } from "../../figure/plot-figure";
import type { SweepFigures } from "./sweep-figures";
import type { SweepReport } from "./sweep-report";

/** A report as one web page that needs no network: its words, the figures, and the table of all points. */
export function sweepReportPage({ title, text, table, figures }: SweepReport): Promise<string> {
  const facts = text.split("\n").map((line) => `<li>${forXml(line)}</li>`);
  const before = `<h1>${forXml(title)}</h1>\n<ul>\n${facts.join("\n")}\n</ul>`;
  const spread = table.rows.some((cells) => cells.some((cell) => cell.includes("±")))
    ? inLanguage({ en: " (± standard deviation over seeds)", zh: "（± 各种子的标准差）" })
    : "";
  const points = forXml(inLanguage({ en: "All points, the best first", zh: "所有点，最好的在前" }) + spread);
  // In a frame of its own: of many points it would push the figures out of sight.
  const rows = `<div class="table" tabindex="0" role="region" aria-label="${points}">${htmlTable(table.columns, table.rows)}</div>`;
  return figuresPage(inOrder(figures), { title, before: `${before}\n<h2>${points}</h2>\n${rows}` });
}

/** The figures of a report in the order in which they are read. */
export function inOrder({ settings, curves, importance, intervals }: SweepFigures): PlotFigure[] {
  return [intervals, importance, settings, curves].filter((figure) => figure !== undefined);
}
