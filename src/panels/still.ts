import { randomUUID } from "node:crypto";
import { figureHtml, htmlBundle, paragraph } from "../figure/bundles";
import type { Figure } from "../figure/figure";
import { kernelComms } from "../widgets/kernel-comms";

/** How long after a change it is drawn anew, in milliseconds: not while somebody drags. */
const SOON = 2000;

/** What stands for a panel where it can't live. */
export interface StillContents {
  readonly html: string;
  readonly text: string;
}

/** A picture, where there is one yet, and a sentence below it. */
export async function pictured(figure: Figure | null, sentence: string): Promise<StillContents> {
  if (!figure) return { html: paragraph(sentence), text: sentence };
  return { html: (await figureHtml(figure)) + paragraph(sentence), text: `${figure.text}\n${sentence}` };
}

/**
 * What stands for a panel, in an output of its own before the panel's, for whoever opens the notebook where the panel can't
 * live: without a kernel JupyterLab shows nothing of a widget but "Loading widget...".
 */
export class Still {
  // Names an output of a running notebook: another one each time.
  readonly #displayId = randomUUID();
  readonly #draw: () => Promise<StillContents>;
  #isShown = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(draw: () => Promise<StillContents>) {
    this.#draw = draw;
  }

  /** Shows it in the cell that runs now. */
  async show(): Promise<void> {
    await this.#send(false);
    this.#isShown = true;
  }

  /** Draws it anew, soon, or after as many milliseconds as are given. */
  refresh(after = SOON): void {
    if (!this.#isShown) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // What can't be drawn now stays as it was: the panel itself says why.
      this.#send(true).catch(() => {});
    }, after);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#isShown = false;
  }

  async #send(update: boolean): Promise<void> {
    const { html, text } = await this.#draw();
    const { data } = htmlBundle([`<div class="vitlab-still">${html}</div>`], [text]);
    await kernelComms()?.show(data, { displayId: this.#displayId, update });
  }
}
