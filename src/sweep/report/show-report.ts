import { figureHtml, htmlBundle, paragraph } from "../../figure/bundles";
import type { MimeBundle } from "../../figure/figure";
import type { SweepReport } from "./sweep-report";
import { inOrder } from "./sweep-report-page";

/** A report as a notebook shows it: its words and its figures. */
export async function showReport({ text, figures }: SweepReport): Promise<MimeBundle> {
  const pictures = await Promise.all(inOrder(figures).map(figureHtml));
  return htmlBundle([...text.split("\n").map(paragraph), ...pictures], [text]);
}
