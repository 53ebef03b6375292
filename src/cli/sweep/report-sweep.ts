import { extname, join } from "node:path";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { saveFigure } from "../../figure/save-figure";
import { sweepReport } from "../../sweep/report/sweep-report";
import { sweepReportPage } from "../../sweep/report/sweep-report-page";
import { readSweep } from "../../sweep/sweep-so-far";
import { lineFor, printJson } from "../terminal/output";

/** The options of `vitlab sweep report`. */
export interface ReportArguments {
  out?: string;
  figures?: string;
  json?: boolean;
}

/** Says what a sweep has shown, and writes it as a page and, where asked for, its figures as files. */
export async function reportSweep(
  dir: string,
  { out = join(dir, "report.html"), figures, json }: ReportArguments,
): Promise<void> {
  if (extname(out).toLowerCase() !== ".html") throw new VitlabError(`--out ${out} must end with .html`);
  const say = lineFor(json);
  const report = sweepReport(readSweep(dir));
  for (const line of report.text.split("\n")) say(line);
  await writeFileAtomic(out, await sweepReportPage(report));
  say(`the report is ${out}`);
  if (figures !== undefined)
    for (const [name, figure] of Object.entries(report.figures))
      for (const ending of [".png", ".svg"]) {
        const file = join(figures, `${name}${ending}`);
        await saveFigure(figure, file);
        say(`a figure is ${file}`);
      }
  const { best, importance } = report;
  if (json) printJson({ best, importance });
}
