import { join } from "node:path";
import { show as inWords, isThenable } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Figure } from "./figure";
import { notebookDisplay, sendBundle } from "./notebook-display";
import { aName, figureOptions } from "./option-kinds";
import { PlotFigure } from "./plot-figure";
import { saveFigure } from "./save-figure";

/** How `show` behaves where there is no notebook. */
export interface ShowOptions {
  /** Saves each figure into this folder, named after its title. */
  folder?: string;
}

/**
 * Shows figures below the notebook cell that runs, each as one output in several formats: interactive where Plotly
 * is, a picture elsewhere, and words.
 *
 * Outside a notebook it prints the words, and saves the figures when given a folder. Await it: resolves to nothing
 * when all were sent.
 *
 * @throws VitlabError when something isn't a figure; then none is shown.
 */
export async function show(figures: Figure | readonly Figure[], options: ShowOptions = {}): Promise<void> {
  const { folder } = figureOptions("show", options, { folder: aName });
  const list = Array.isArray(figures) ? (figures as readonly Figure[]) : [figures as Figure];
  for (const figure of list) checkFigure(figure);
  const display = notebookDisplay();
  for (const figure of list) {
    if (display) sendBundle(display, await figure.bundle());
    else await print(figure, folder);
  }
}

function checkFigure(given: unknown): void {
  const { text, bundle } = (given ?? {}) as Partial<Figure>;
  if (typeof text === "string" && typeof bundle === "function") return;
  throw new VitlabError(`show takes a figure, such as imageGrid(images); got ${describe(given)}`);
}

function describe(given: unknown): string {
  const { shape, dtype, pixels, images, height, width } = (given ?? {}) as Record<string, unknown>;
  if (Array.isArray(shape) && dtype) return `a tensor [${shape.join(", ")}]`;
  if (pixels) return `an image of ${height}x${width} pixels`;
  if (images) return `a data set with images of ${height}x${width}`;
  return isThenable(given) ? "a promise: await it first" : inWords(given);
}

async function print(figure: Figure, folder: string | undefined): Promise<void> {
  console.log(figure.text);
  const name = fileName(figure);
  if (folder !== undefined) console.log(`saved as ${await saveFigure(figure, join(folder, name))}`);
  else if (process.stdout.isTTY) console.log(`(no notebook here; to see it: await saveFigure(figure, "${name}"))`);
}

function fileName(figure: Figure): string {
  const words = figure.text
    .split("\n")[0]!
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? ["figure"];
  return `${words.slice(0, 8).join("-")}.${figure instanceof PlotFigure ? "svg" : "png"}`;
}
