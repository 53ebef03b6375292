import { inspect } from "node:util";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions, isThenable, type OptionNames } from "../../../base/check-options";
import { VitlabError } from "../../../base/error";
import { inLanguage, type Language, language } from "../../../base/language";
import { nextTurn } from "../../../base/next-turn";
import { writeFileAtomic } from "../../../base/node/atomic-file";
import type { ImageDataset } from "../../../data/dataset";
import { datasetToTensor } from "../../../data/to-tensor";
import { checkWord } from "../../../explain/choices";
import type { Figure, MimeBundle } from "../../../figure/figure";
import { holdCell } from "../../../figure/hold-cell";
import type { ImageFigure } from "../../../figure/image-figure";
import { notebookDisplay } from "../../../figure/notebook-display";
import { show } from "../../../figure/show";
import type { PhotoModel } from "../../../hub/photo-attention";
import { checkViT } from "../../../vit/check-vit";
import { ViT } from "../../../vit/model";
import { anyWidget } from "../../../widgets/any-widget";
import { kernelComms } from "../../../widgets/kernel-comms";
import { browserFile } from "../../browser-file";
import { pictured, Still } from "../../still";
import { ExplorerModel, type ExplorerNames } from "../explorer-model";
import { type ExplorerState, firstState, stateFromText, stateToText } from "../explorer-state";
import type { ExplorerView } from "../explorer-view";
import { explorerFigure } from "./explorer-figure";
import { checkPageName, type ExplorerPageOptions, explorerPage } from "./explorer-page";

/** How an explorer starts, and what things are called in it. */
export interface ExplorerOptions extends ExplorerNames {
  /** Where it starts: a text that its copy button gave. Default: the first image, the class token, the last block. */
  readonly state?: string;
  /** The language of its words. Default: `language()`. */
  readonly language?: Language;
}

const OPTIONS: OptionNames<ExplorerOptions> = {
  title: true,
  classNames: true,
  imageNames: true,
  state: true,
  language: true,
};

/** More than a person leafs through, and than a state should hold. */
const MOST_IMAGES = 100;

/** The state that the front end shares; it sets `state` and `language`, the rest comes from here. */
interface Shared {
  mode: "explorer";
  about: object;
  state: ExplorerState;
  view: ExplorerView | null;
  /** Why there is no answer, in a sentence; empty where there is one. */
  error: string;
  language: Language;
}

/**
 * A model's whole forward pass on one screen, to look into and to change by hand: `explorer(model, images)`. Patches, tokens,
 * attention of all heads, the logit lens and the classes; patches painted out or moved, positions, heads, MLPs and blocks
 * switched off, and the formula of each part with its numbers.
 *
 * @param given what `loadModel` gives, or a model alone
 * @param images as the model takes them, `[batch, height, width, channels]`, or an image data set; at most 100
 * @throws VitlabError when the images don't fit the model, or it doesn't say where it looks.
 */
export function explorer(given: PhotoModel, images: Tensor4D | ImageDataset, options: ExplorerOptions = {}): Explorer {
  checkOptions("explorer", options, OPTIONS);
  const loaded = given instanceof ViT ? { model: given } : given;
  checkViT("explorer", loaded?.model);
  const { model, classNames } = loaded;
  if (isThenable(images)) throw new VitlabError("the images of explorer are a promise: await it first");
  if (!isDataset(images)) return new Explorer(given, images, { classNames, ...options });
  checkCount(images.length);
  const own = images.classNames.length === model.config.classes ? images.classNames : undefined;
  const imageNames = [...images.labels].map((label, i) => `${images.classNames[label] ?? `class ${label}`} (${i})`);
  const tensor = datasetToTensor(images, { normalize: model.config.normalize });
  try {
    return new Explorer(given, tensor, { classNames: classNames ?? own, imageNames, ...options });
  } finally {
    tensor.dispose();
  }
}

/** What `explorer` makes: in a notebook the value of a cell; to `show` and `saveFigure` the picture of what it shows. */
export class Explorer implements Figure {
  readonly #given: PhotoModel;
  readonly #model: ExplorerModel;
  readonly #widget: ReturnType<typeof explorerWidget>;
  readonly #still = new Still(() =>
    pictured(
      this.#picture(),
      inLanguage({
        en: "This is a picture of the explorer: run the cell to look around and to change things.",
        zh: "这是探索面板的图片：运行这个单元格就能四处查看、动手修改。",
      }),
    ),
  );
  readonly #forget: (() => void) | undefined;
  #asked = false;
  #closed = false;

  /** Made by `explorer`. */
  constructor(
    given: PhotoModel,
    images: Tensor4D,
    { state, language: spoken = language(), ...names }: ExplorerOptions,
  ) {
    checkWord("language", spoken, ["en", "zh"]);
    if (images?.shape) checkCount(images.shape[0]);
    this.#given = given;
    this.#model = new ExplorerModel(given instanceof ViT ? given : given.model, images, names);
    const { about } = this.#model;
    try {
      const start = state === undefined ? firstState(about.limits) : stateFromText(state, about.limits);
      const view = this.#model.view(start);
      this.#widget = explorerWidget({ mode: "explorer", about, state: start, view, error: "", language: spoken });
    } catch (error) {
      this.#model.dispose();
      throw error;
    }
    this.#widget.on("state", () => void this.#answer());
    // What it keeps goes with its output.
    this.#forget = kernelComms()?.onRerun(() => this.close());
    if (!kernelComms() && notebookDisplay()) holdCell(show(this));
  }

  /** What is looked at, and what is changed. */
  get state(): ExplorerState {
    return this.#widget.get("state");
  }

  /** The same as a short text, which `explorer(model, images, { state })` and `go` take. */
  get stateText(): string {
    return stateToText(this.state);
  }

  /** The numbers that are shown. */
  get view(): ExplorerView {
    return this.#model.view(this.state);
  }

  /**
   * Shows a state, or what a text says of one.
   *
   * @throws VitlabError when it names what isn't there.
   */
  go(state: ExplorerState | string): void {
    const next = typeof state === "string" ? stateFromText(state, this.#model.about.limits) : state;
    const view = this.#model.view(next);
    this.#widget.set({ state: next, view, error: "" });
    this.#still.refresh();
  }

  /** Calls `listener` with each new state, chosen here or in the front end; returns a function that stops it. */
  on(event: "state", listener: (state: ExplorerState) => void): () => void {
    return this.#widget.on(event, listener);
  }

  /**
   * Writes it as a page of its own, whole or not at all: one HTML file that computes by itself, offline, and starts with the
   * state that is shown.
   *
   * @param file ends with .html
   * @throws VitlabError when it ends otherwise or can't be written, or the model has parts of someone's own.
   */
  async save(file: string, options: Pick<ExplorerPageOptions, "dtype"> = {}): Promise<void> {
    checkOptions("save", options, { dtype: true });
    checkPageName("the page", file);
    const { title, classNames, imageNames } = this.#model.about;
    const names = { title, classNames, imageNames, language: this.#widget.get("language"), state: this.stateText };
    const images = this.#model.images();
    try {
      await writeFileAtomic(file, await explorerPage(this.#given, images, { ...names, ...options }));
    } finally {
      images.dispose();
    }
  }

  /** Takes it from the page, and frees what it keeps; the model stays. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget?.();
    this.#still.end();
    this.#widget.close();
    this.#model.dispose();
  }

  /** What is shown, in words. */
  get text(): string {
    return this.#closed ? "a closed explorer" : this.#picture().text;
  }

  png(): Promise<Buffer> {
    return this.#picture().png();
  }

  svg(): Promise<string> {
    return this.#picture().svg();
  }

  /** The widget where there are comms, and the picture for whoever opens the notebook without. */
  async bundle(): Promise<MimeBundle> {
    const { data, metadata } = await this.#picture().bundle();
    return { data: { ...this.#widget.viewBundle, ...data }, metadata };
  }

  /** As the value of a cell: the picture in an output of its own, which the widget hides while it lives. */
  async _repr_mimebundle_(): Promise<[MimeBundle["data"], MimeBundle["metadata"]]> {
    if (kernelComms()) {
      await this.#still.show();
      return [{ ...this.#widget.viewBundle, "text/plain": this.text }, {}];
    }
    const { data, metadata } = await this.bundle();
    return [data, metadata];
  }

  /** Its text: `${explorer}`. */
  toString(): string {
    return this.text;
  }

  /** What Node prints of it. */
  [inspect.custom](): string {
    return this.text;
  }

  #picture(): ImageFigure {
    return explorerFigure(this.#model, this.state);
  }

  /** Answers the front end, once for all that it asked until now. */
  async #answer(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    await nextTurn();
    this.#asked = false;
    try {
      this.#widget.set({ view: this.#model.view(this.state), error: "" });
      this.#still.refresh();
    } catch (error) {
      this.#widget.set({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function explorerWidget(state: Shared) {
  return anyWidget({ esm: browserFile("explorer", "front.js") }, state);
}

function isDataset(images: Tensor4D | ImageDataset): images is ImageDataset {
  return typeof images === "object" && images !== null && "images" in images && "labels" in images;
}

function checkCount(count: number): void {
  if (count > MOST_IMAGES)
    throw new VitlabError(
      `explorer got ${count.toLocaleString("en-US")} images: give at most ${MOST_IMAGES}, such as subset(dataset, 10)`,
    );
}
