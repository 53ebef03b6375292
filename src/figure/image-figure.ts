import { inspect } from "node:util";
import { plainLines } from "../base/plain-text";
import type { Figure, MimeBundle } from "./figure";
import { shortFigureText } from "./figure-text";
import { loadCanvas } from "./fonts";
import { theme } from "./theme";

/** A figure that is itself an image: a grid of photographs, an overlay. */
export class ImageFigure implements Figure {
  /** What the figure says in words, a fact a line. */
  readonly text: string;

  /**
   * `file` is a PNG without a ground, drawn at twice the density, so that its text is sharp; `width` and `height` are the
   * pixels it takes on a page; `text` says in words what it shows.
   */
  constructor(
    private readonly file: Buffer,
    readonly width: number,
    readonly height: number,
    text: string,
  ) {
    this.text = shortFigureText(plainLines(text));
  }

  /** The figure as a PNG file, on white: where a file will be looked at, nobody knows. */
  async png(): Promise<Buffer> {
    const { createCanvas, loadImage } = loadCanvas();
    const image = await loadImage(this.file);
    const canvas = createCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.fillStyle = theme.background;
    context.fillRect(0, 0, image.width, image.height);
    context.drawImage(image, 0, 0);
    return canvas.toBuffer("image/png");
  }

  /** The PNG file inside an SVG document, for programs that take nothing else. */
  async svg(): Promise<string> {
    const size = `width="${this.width}" height="${this.height}"`;
    const href = `data:image/png;base64,${(await this.png()).toString("base64")}`;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size} ` +
      `viewBox="0 0 ${this.width} ${this.height}"><image ${size} xlink:href="${href}"/></svg>`
    );
  }

  /** PNG, without a ground so that it suits light and dark pages, and text. */
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

  /** What Node prints of it. */
  [inspect.custom](): string {
    return this.text;
  }
}
