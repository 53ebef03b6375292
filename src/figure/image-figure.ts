import { inspect } from "node:util";
import { plainLines } from "../tensor/plain-text";
import type { Figure, MimeBundle } from "./figure";

/** A figure that is itself an image: a grid of photographs, an overlay. */
export class ImageFigure implements Figure {
  /** What the figure says in words, a fact a line. */
  readonly text: string;

  /**
   * `file` is a PNG drawn at twice the density, so that its text is sharp; `width` and `height` are the pixels it
   * takes on a page; `text` says in words what it shows.
   */
  constructor(
    private readonly file: Buffer,
    readonly width: number,
    readonly height: number,
    text: string,
  ) {
    this.text = plainLines(text);
  }

  /** The figure as a PNG file. */
  async png(): Promise<Buffer> {
    return this.file;
  }

  /** The PNG inside an SVG document, for programs that take nothing else. */
  async svg(): Promise<string> {
    const size = `width="${this.width}" height="${this.height}"`;
    const href = `data:image/png;base64,${this.file.toString("base64")}`;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size} ` +
      `viewBox="0 0 ${this.width} ${this.height}"><image ${size} xlink:href="${href}"/></svg>`
    );
  }

  /** PNG and text. */
  async bundle(): Promise<MimeBundle> {
    return {
      data: { "image/png": this.file.toString("base64"), "text/plain": this.text },
      metadata: { "image/png": { width: this.width, height: this.height } },
    };
  }

  /** How a notebook shows the figure that is the value of a cell: IPython's name for data and metadata. */
  async _repr_mimebundle_(): Promise<[MimeBundle["data"], MimeBundle["metadata"]]> {
    const { data, metadata } = await this.bundle();
    return [data, metadata];
  }

  [inspect.custom](): string {
    return this.text;
  }
}
