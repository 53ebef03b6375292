import { htmlTable } from "../base/text-table";
import type { MimeBundle } from "../figure/figure";
import { LiveFigure } from "../figure/live-figure";
import { notebookDisplay } from "../figure/notebook-display";
import type { SweepSoFar } from "./sweep-so-far";
import { describeSweep, rowsLeftOut, standingOf, sweepTable } from "./sweep-table";

/** A table in a notebook that follows a sweep. */
export interface LiveTable {
  start(read: () => SweepSoFar): Promise<void>;
  /** Something has changed. */
  update(): void;
  finish(): Promise<void>;
}

const INTERVAL_MS = 1000;

/** Rows that are shown while a sweep runs, the best first. */
const MOST_ROWS = 20;

/** The table of the cell that runs now; undefined outside of a notebook. To be called before anything is waited for. */
export function followLive(): LiveTable | undefined {
  const display = notebookDisplay();
  if (!display) return undefined;
  let live: LiveFigure | undefined;
  let read: () => SweepSoFar;
  const table = (most = MOST_ROWS) => ({ text: "", bundle: async () => tableBundle(read(), most) });
  return {
    start: async (from) => {
      read = from;
      live = new LiveFigure(display, INTERVAL_MS, table());
      await live.start();
    },
    // Read when it is drawn: most changes are not.
    update: () => live?.update(table()),
    finish: async () => live?.finish(table(Number.POSITIVE_INFINITY)),
  };
}

/** What a sweep has come to, as a notebook shows it: its best points. */
export function tableBundle(sweep: SweepSoFar, most = Number.POSITIVE_INFINITY): MimeBundle {
  const { columns, rows } = sweepTable(sweep);
  const more = rowsLeftOut(rows.length, most).map((words) => `<p>${words}</p>`);
  return {
    data: {
      "text/html": `<p>${standingOf(sweep)}</p>\n${htmlTable(columns, rows.slice(0, most))}${more.join("")}`,
      "text/plain": describeSweep(sweep),
    },
    metadata: {},
  };
}
