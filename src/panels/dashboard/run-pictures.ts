import { VitlabError } from "../../base/error";
import { type ImageDataset, imageAt, subset } from "../../data/dataset";
import { type AnyDataset, isImageDataset } from "../../data/examples";
import { encodePng } from "../../data/image-file";
import { datasetToTensor } from "../../data/to-tensor";
import { attentionMap } from "../../explain/seeing/attention-map";
import { tf } from "../../tensor/tf";
import type { Trainable } from "../../train/trainable";
import { checkImages } from "../../vit/check-images";
import { ViT } from "../../vit/model";
import { explanationWords } from "../explanation-words";
import type { AttentionMoment, Pictures } from "./dashboard-view";

/** Images that are predicted. */
const MOST_IMAGES = 8;
/** Moments of the attention that are kept. */
const MOST_MOMENTS = 8;

/** What a ViT in training makes of a few images that stay the same. */
export class RunPictures {
  readonly #model: ViT;
  readonly #dataset: ImageDataset;
  #images: string[] = [];
  #moments: AttentionMoment[] = [];

  private constructor(model: ViT, dataset: ImageDataset) {
    this.#model = model;
    this.#dataset = dataset;
  }

  /**
   * Of images that were chosen, or of some of those that the run has; null where the model is no ViT or has no images.
   *
   * @throws VitlabError when those that were chosen are no images, or none of the model's.
   */
  static of(
    model: Trainable,
    { train, validation }: { train: AnyDataset; validation: AnyDataset | null },
    chosen?: ImageDataset,
  ): RunPictures | null {
    if (chosen !== undefined && (typeof chosen !== "object" || chosen === null || !isImageDataset(chosen)))
      throw new VitlabError("images are no data set of images: give one, such as subset(await cifar10(), 8)");
    const source = chosen ?? [validation, train].find((one) => one !== null && isImageDataset(one));
    const answersClasses = model instanceof ViT && model.config.problemType !== "regression";
    if (!answersClasses || !source || !isImageDataset(source)) return null;
    const count = Math.min(MOST_IMAGES, source.length);
    const dataset = chosen ? source : subset(source, count);
    const pictures = new RunPictures(model, dataset);
    if (chosen) tf.tidy(() => checkImages(model.config, pictures.#tensor(1)));
    return pictures;
  }

  /** What it makes of them after so many steps. Computes two forward passes, and leaves nothing behind. */
  take(update: number): Pictures {
    const { config } = this.#model;
    const { labels, classNames } = this.#dataset;
    const count = Math.min(MOST_IMAGES, this.#dataset.length);
    const answers = tf.tidy(() => this.#model.predict(this.#tensor(count)).dataSync());
    const nameOf = (label: number) => classNames[label] ?? `class ${label}`;
    const predictions = Array.from({ length: count }, (_, i) => {
      const row = answers.slice(i * config.classes, (i + 1) * config.classes);
      const predicted = row.indexOf(Math.max(...row));
      const label = labels[i] as number;
      return {
        image: this.#images[i] ?? "",
        label: nameOf(label),
        predicted: nameOf(predicted),
        probability: Number((row[predicted] ?? 0).toFixed(3)),
        isRight: predicted === label,
      };
    });
    return { update, predictions, attention: this.#attentionOrNull(update) };
  }

  /** Makes the pictures of the images themselves, once. */
  async load(): Promise<void> {
    const count = Math.min(MOST_IMAGES, this.#dataset.length);
    const pngs = await Promise.all(Array.from({ length: count }, (_, i) => encodePng(imageAt(this.#dataset, i))));
    this.#images = pngs.map((png) => `data:image/png;base64,${png.toString("base64")}`);
  }

  /** Modules of someone's own may have no attention that is known to be of the patches. */
  #attentionOrNull(update: number): Pictures["attention"] {
    try {
      return this.#attention(update);
    } catch (error) {
      if (error instanceof VitlabError) return null;
      throw error;
    }
  }

  #attention(update: number): NonNullable<Pictures["attention"]> {
    const { shape, data, method } = tf.tidy(() => attentionMap(this.#model, this.#tensor(1)) as never) as ReturnType<
      typeof attentionMap
    >;
    const [, rows, columns] = shape as [number, number, number];
    const most = Math.max(...data);
    const weights = Array.from(data, (weight) => Number((weight / most).toFixed(3)));
    this.#moments = withMoment(this.#moments, { update, weights });
    return { words: explanationWords(method), image: this.#images[0] ?? "", rows, columns, moments: this.#moments };
  }

  #tensor(count: number): tf.Tensor4D {
    const indices = Array.from({ length: count }, (_, i) => i);
    return datasetToTensor(this.#dataset, { indices, normalize: this.#model.config.normalize });
  }
}

/** With one moment more: the first, the last, and some in between that lie about evenly along the run. */
export function withMoment(moments: readonly AttentionMoment[], moment: AttentionMoment): AttentionMoment[] {
  const last = moments.at(-1);
  const all = last?.update === moment.update ? [...moments.slice(0, -1), moment] : [...moments, moment];
  if (all.length <= MOST_MOMENTS) return all;
  // Out goes the one whose neighbors are nearest to each other.
  const gap = (i: number) => (all[i + 1]?.update ?? 0) - (all[i - 1]?.update ?? 0);
  let narrowest = 1;
  for (let i = 2; i < all.length - 1; i++) if (gap(i) < gap(narrowest)) narrowest = i;
  return all.filter((_, i) => i !== narrowest);
}
