import { randomUUID } from "node:crypto";
import type { Figure } from "./figure";
import { type NotebookDisplay, notebookDisplay, sendBundle } from "./notebook-display";
import { aDuration, figureOptions } from "./option-kinds";

/** What can be shown and change in place: a figure, or anything else that knows its formats and says itself in words. */
export type LiveContent = Pick<Figure, "text" | "bundle">;

/** How often a live figure is drawn. */
export interface LiveFigureOptions {
  /** The shortest time between two drawings in milliseconds. Default 500. */
  interval?: number;
}

/**
 * Shows a figure that changes in place, such as the curve of a training that runs.
 *
 * Outside a notebook nothing is drawn, and `finish` prints the figure's words.
 */
export async function liveFigure(figure: LiveContent, options: LiveFigureOptions = {}): Promise<LiveFigure> {
  const { interval = 500 } = figureOptions("liveFigure", options, { interval: aDuration });
  const display = notebookDisplay();
  const live = new LiveFigure(display, interval, figure);
  await live.start();
  return live;
}

/** A figure on the page that takes new versions of itself. */
export class LiveFigure {
  // Unlike the figure's own ids this one must differ from run to run: it names an output of a running notebook.
  private readonly displayId = randomUUID();
  private drawing: Promise<void> | undefined;
  private next: LiveContent | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wait = 0;
  private readyAt = 0;

  /** Made by `liveFigure`. */
  constructor(
    private readonly display: NotebookDisplay | undefined,
    private readonly interval: number,
    private figure: LiveContent,
  ) {}

  /** Shows the first version. */
  async start(): Promise<void> {
    await this.draw(this.figure, false);
    // The first drawing loads what draws: that says nothing about the next.
    this.readyAt = Date.now() + this.interval;
  }

  /**
   * Takes a new version: drawn at once, or as soon as the interval has passed, where a later one takes its place.
   * Returns without waiting, so that training goes on.
   */
  update(figure: LiveContent): void {
    this.figure = figure;
    if (!this.display) return;
    this.next = figure;
    if (this.drawing || this.timer) return;
    this.wait = this.readyAt - Date.now();
    if (this.wait <= 0) this.drawNext();
    else {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.drawNext();
      }, this.wait);
      // A picture yet to be drawn is no reason to keep a process.
      this.timer.unref();
    }
  }

  /** Draws the last version (or this one) and resolves when it was sent. */
  async finish(figure: LiveContent = this.figure): Promise<void> {
    this.figure = figure;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.next = undefined;
    await this.drawing;
    if (this.display) await this.draw(figure, true);
    else console.log(figure.text);
  }

  private drawNext(): void {
    const figure = this.next;
    if (!figure) return;
    this.next = undefined;
    this.drawing = this.draw(figure, true)
      // A single drawing that fails must not end a training; the last one, in `finish`, says what is wrong.
      .catch(() => undefined)
      .finally(() => {
        this.drawing = undefined;
        if (this.next) this.update(this.next);
      });
  }

  private async draw(figure: LiveContent, update: boolean): Promise<void> {
    if (!this.display) return;
    const start = Date.now();
    const bundle = await figure.bundle();
    sendBundle(this.display, bundle, { displayId: this.displayId, update });
    // Drawing takes a tenth of the time at most, however long one takes.
    this.readyAt = Date.now() + Math.max(this.interval, 10 * (Date.now() - start));
  }
}
