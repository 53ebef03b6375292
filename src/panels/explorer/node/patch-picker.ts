import { inspect } from "node:util";
import { isIndex } from "../../../base/check-number";
import { show } from "../../../base/check-options";
import { VitlabError } from "../../../base/error";
import { type Language, language, type Words } from "../../../base/language";
import type { Figure, MimeBundle } from "../../../figure/figure";
import type { ImageFigure } from "../../../figure/image-figure";
import { anything, aText, figureOptions, type OptionKinds, oneOf } from "../../../figure/option-kinds";
import { patchGrid } from "../../../figure/patch-grid";
import { patchLayout } from "../../../figure/patches";
import { type ImageInput, type RgbaImage, toImage } from "../../../figure/pixels";
import { AnyWidget, type AnyWidgetState } from "../../../widgets/any-widget";
import { browserFile } from "../../browser-file";

/** How an image is divided, and what is chosen first. */
export interface PatchPickerOptions {
  /** Pixels. */
  patchSize: number;
  /** The patch, counted from 0, row by row. Default 0. */
  value?: number;
  /** Written above the image. */
  description?: Words;
  /** In which the picker speaks. Default: `language()`. */
  language?: Language;
}

const OPTIONS: OptionKinds<PatchPickerOptions> = {
  patchSize: anything,
  value: anything,
  description: aText,
  language: oneOf("en", "zh"),
};

/** What a picker shares with its front end. */
export interface PatchPickerState {
  mode: "picker";
  /** The patch. */
  value: number;
  description: string;
  language: Language;
  /** `[height, width, 3]`. */
  pixels: Uint8Array;
  width: number;
  height: number;
  /** Of patches. */
  rows: number;
  columns: number;
}

/**
 * An image of whose patches one is chosen, by mouse or by keyboard: a widget with a value, for `interact` and for itself.
 *
 * `interact({ patch: patchPicker(image, { patchSize: 4 }), block: slider(0, 4) }, ({ patch, block }) => figure)`. Where there
 * are no comms (a script) it is a figure of the image with the patch outlined.
 *
 * @param image what `imageAt` gives, or a tensor `[height, width, 3]`, which stays the caller's
 * @throws VitlabError when the patch size doesn't divide the image, or there is no such patch.
 *
 * @example
 * ```ts
 * import { imageAt, patchPicker, shapes } from "vitlab";
 *
 * const picker = patchPicker(imageAt(shapes({ count: 1 }), 0), { patchSize: 4, value: 27 });
 * console.log(picker.value, picker.get("rows"), picker.get("columns")); // 27 8 8
 * ```
 */
export function patchPicker(image: ImageInput, options: PatchPickerOptions): PatchPicker {
  return new PatchPicker(image, options);
}

/** Made by `patchPicker`. */
export class PatchPicker extends AnyWidget<PatchPickerState> implements Figure {
  readonly #image: RgbaImage;
  readonly #patchSize: number;

  constructor(input: ImageInput, given: PatchPickerOptions) {
    const options = figureOptions("patchPicker", given, OPTIONS);
    const image = toImage(input);
    const { rows, columns, count } = patchLayout(image, options.patchSize);
    const { value = 0, description = "", language: spoken = language() } = options;
    checkValue(value, count);
    const { width, height } = image;
    const pixels = Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => image.rgba[4 * Math.floor(i / 3) + (i % 3)]!,
    );
    const shape = { pixels, width, height, rows, columns };
    super(
      { esm: browserFile("explorer", "front.js") },
      { mode: "picker", value, description, language: spoken, ...shape },
    );
    this.#image = image;
    this.#patchSize = options.patchSize;
  }

  /** The patch, counted from 0, row by row. */
  get value(): number {
    return this.get("value");
  }

  /** @throws VitlabError when there is no such patch. */
  set value(patch: number) {
    this.set({ value: patch });
  }

  /**
   * Changes values here and in the front end, and tells the listeners.
   *
   * @throws VitlabError when there is no such patch.
   */
  override set(values: Partial<PatchPickerState & AnyWidgetState>): void {
    if ("value" in values) checkValue(values.value, this.#count);
    super.set(values);
  }

  /** The image in words, and the patch. */
  get text(): string {
    return this.#figure().text;
  }

  png(): Promise<Buffer> {
    return this.#figure().png();
  }

  svg(): Promise<string> {
    return this.#figure().svg();
  }

  /** The widget where there are comms, and the picture for who can't show one. */
  async bundle(): Promise<MimeBundle> {
    const { data, metadata } = await this.#figure().bundle();
    return { data: { ...data, ...this.viewBundle }, metadata };
  }

  /** As the value of a cell: the widget, and the picture where there is none. */
  async _repr_mimebundle_(): Promise<[MimeBundle["data"], MimeBundle["metadata"]]> {
    const { data, metadata } = await this.bundle();
    return [data, metadata];
  }

  [Symbol.for("Jupyter.display")](): null {
    return null;
  }

  /** Its text: `${picker}`. */
  override toString(): string {
    return `PatchPicker(value: ${this.value})`;
  }

  /** What Node prints of it. */
  override [inspect.custom](): string {
    return this.text;
  }

  /** A patch that isn't there stays as it was. */
  protected override admit(
    values: Partial<PatchPickerState & AnyWidgetState>,
  ): Partial<PatchPickerState & AnyWidgetState> {
    return "value" in values && !isIndex(values.value, this.#count) ? { ...values, value: this.value } : values;
  }

  get #count(): number {
    return this.get("rows") * this.get("columns");
  }

  #figure(): ImageFigure {
    const { width, height, rgba } = this.#image;
    const description = this.get("description");
    return patchGrid({ width, height, channels: 4, pixels: rgba }, this.#patchSize, {
      highlight: [this.value],
      ...(description === "" ? {} : { title: description }),
    });
  }
}

function checkValue(value: unknown, count: number): void {
  if (!isIndex(value, count))
    throw new VitlabError(
      `there is no patch ${show(value)}: give ${count === 1 ? "0" : `one from 0 to ${count - 1}, counted row by row`}`,
    );
}
