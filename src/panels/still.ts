import { randomUUID } from "node:crypto";
import type { Figure } from "../figure/figure";
import { kernelComms } from "../widgets/kernel-comms";
import { figureHtml, htmlBundle, paragraph } from "./bundles";

/** How long after a change the picture is drawn anew, in milliseconds: not while somebody drags. */
const SOON = 2000;

/**
 * A picture of a panel, in an output of its own before the panel's, for whoever opens the notebook where the panel can't
 * live: without a kernel JupyterLab shows nothing of a widget but "Loading widget...". The style of the panel's front end hides
 * it while the panel lives.
 */
export class Still {
  // Names an output of a running notebook: another one each time.
  readonly #displayId = randomUUID();
  readonly #draw: () => Figure | null;
  readonly #sentence: string;
  #isShown = false;
  #timer: NodeJS.Timeout | undefined;

  /** `draw` gives null as long as there is nothing to draw; `sentence` stands below the picture. */
  constructor(draw: () => Figure | null, sentence: string) {
    this.#draw = draw;
    this.#sentence = sentence;
  }

  /** Shows it in the cell that runs now. */
  async show(): Promise<void> {
    await this.#send(false);
    this.#isShown = true;
  }

  /** Draws it anew, soon. */
  refresh(): void {
    if (!this.#isShown) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A picture that can't be drawn now stays as it was: the panel itself says why.
      this.#send(true).catch(() => {});
    }, SOON);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#isShown = false;
  }

  async #send(update: boolean): Promise<void> {
    const figure = this.#draw();
    const picture = figure ? await figureHtml(figure) : "";
    const html = `<div class="vitlab-still">${picture}${paragraph(this.#sentence)}</div>`;
    const { data } = htmlBundle([html], [...(figure ? [figure.text] : []), this.#sentence]);
    await kernelComms()?.show(data, { displayId: this.#displayId, update });
  }
}
