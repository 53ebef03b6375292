import type { MimeBundle } from "./figure";
import { loadedTslab } from "./loaded-tslab";

/** How one output is sent. */
export interface DisplayOptions {
  metadata: Record<string, unknown>;
  /** Names the output, so that a later one with `update` takes its place. */
  displayId?: string | undefined;
  update: boolean;
}

/** Sends one output, in all its formats, to the notebook's cell. */
export type NotebookDisplay = (data: Record<string, unknown>, options: DisplayOptions) => void;

/** A kernel that puts a `NotebookDisplay` on the global object under this symbol shows vitlab's figures. */
export const DISPLAY_HOOK = Symbol.for("vitlab.display");

type WriteDisplayData = (content: Record<string, unknown>, update: boolean) => void;

interface TslabDisplay {
  raw(type: string, content: unknown): void;
}

interface TslabModule {
  display: TslabDisplay;
  newDisplay(): TslabDisplay;
}

// What a tslab whose inner module can't be reached gets: the one format that shows everywhere.
const EVERYWHERE = ["image/png", "image/svg+xml", "text/plain"];
const kept = new Map<string, TslabDisplay>();

/**
 * How to show outputs in the cell that runs now, or undefined outside of a notebook.
 *
 * Ask before waiting for anything: tslab sends outputs to the cell that runs when it is asked.
 */
export function notebookDisplay(): NotebookDisplay | undefined {
  const hook = (globalThis as Record<symbol, unknown>)[DISPLAY_HOOK];
  if (typeof hook === "function") return hook as NotebookDisplay;

  // The running kernel's own modules: a library may resolve another copy of tslab than the one that started it.
  for (const { lastWriteDisplayData: write } of loadedTslab<{ lastWriteDisplayData?: WriteDisplayData }>("jupyter")) {
    if (typeof write === "function")
      return (data, { metadata, displayId, update }) =>
        write({ data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } }, update);
  }

  const tslab = runningKernel() ? loadedTslab<TslabModule>("public").at(-1) : undefined;
  return tslab && ((data, options) => showOne(tslab, data, options));
}

/** Sends a bundle. */
export function sendBundle(
  display: NotebookDisplay,
  { data, metadata }: MimeBundle,
  options: { displayId?: string; update?: boolean } = {},
): void {
  display(data, { metadata, displayId: options.displayId, update: options.update ?? false });
}

/** tslab leaves this on the global object while its kernel runs. */
function runningKernel(): boolean {
  return "__tslab__" in globalThis;
}

function showOne(tslab: TslabModule, data: Record<string, unknown>, { displayId, update }: DisplayOptions): void {
  const type = EVERYWHERE.find((one) => one in data);
  if (type === undefined) return;
  let display = displayId === undefined ? tslab.display : kept.get(displayId);
  if (!display || (displayId !== undefined && !update)) {
    display = tslab.newDisplay();
    kept.set(displayId!, display);
  }
  display.raw(type, data[type]);
}
