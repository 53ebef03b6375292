import { inLanguage } from "../base/language";
import { shorten } from "../base/text-table";
import { type ImageDataset, imageAt } from "../data/dataset";
import { wordsBundle } from "../figure/bundles";
import type { MimeBundle } from "../figure/figure";
import { imageGrid } from "../figure/image-grid";
import { isDrawable, shrunk } from "./show-image";

const MOST_IMAGES = 12;
/** Longest side of an image in the file of the figure. */
const LONGEST = 192;
const LONGEST_NAME = 40;

/** A data set as a notebook shows it: its first images with their classes, below its line. */
export async function showDataset(dataset: ImageDataset, words: string): Promise<MimeBundle> {
  const count = Math.min(MOST_IMAGES, dataset.length);
  const images = Array.from({ length: count }, (_, index) => imageAt(dataset, index));
  if (images.length === 0 || !images.every(isDrawable)) return wordsBundle(words);
  const names = images.map(({ className }) => shorten(className, LONGEST_NAME));
  const which = inLanguage(
    dataset.length > count ? { en: `the first ${count}`, zh: `前 ${count} 张` } : { en: "all", zh: "全部" },
  );
  const figure = imageGrid(
    images.map((image) => shrunk(image, LONGEST)),
    { titles: names },
  );
  const { data, metadata } = await figure.bundle();
  const { data: text } = wordsBundle(`${shorten(words, 500)}\n${which}: ${names.join(", ")}`);
  return { data: { ...data, ...text }, metadata };
}
