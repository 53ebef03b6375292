import { join } from "node:path";
import type { Figure } from "./figure";
import { notebookDisplay, sendBundle } from "./notebook-display";
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
 */
export async function show(figures: Figure | readonly Figure[], { folder }: ShowOptions = {}): Promise<void> {
  const display = notebookDisplay();
  for (const figure of Array.isArray(figures) ? (figures as readonly Figure[]) : [figures as Figure]) {
    if (display) sendBundle(display, await figure.bundle());
    else await print(figure, folder);
  }
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
