import type { ImageDataset } from "../../src/data/dataset";

/** What a classifier sees of one image: a few numbers from -1 to 1. */
export type Feature = (dataset: ImageDataset, index: number) => number[];

/** Mean red, green and blue. */
export const meanColor: Feature = ({ images, height, width }, index) => {
  const pixels = height * width;
  const sums: [number, number, number] = [0, 0, 0];
  for (let pixel = 0; pixel < pixels; pixel++)
    for (const channel of [0, 1, 2] as const) sums[channel] += images[(index * pixels + pixel) * 3 + channel] as number;
  return sums.map((sum) => sum / pixels / 127.5 - 1);
};

/** Red, green and blue of one pixel. */
export function pixelColor(pixel: number): Feature {
  return ({ images, height, width }, index) => {
    const at = (index * height * width + pixel) * 3;
    return [...images.subarray(at, at + 3)].map((byte) => byte / 127.5 - 1);
  };
}

/** Share of `test` that lies nearest to the mean of its own class in `train`. */
export function nearestMeanAccuracy(train: ImageDataset, test: ImageDataset, feature: Feature): number {
  const classes = train.classNames.length;
  const sums = Array.from({ length: classes }, () => [] as number[]);
  const counts = new Array<number>(classes).fill(0);
  train.labels.forEach((label, index) => {
    const sum = sums[label] as number[];
    feature(train, index).forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
    counts[label] = (counts[label] as number) + 1;
  });
  const means = sums.map((sum, label) => sum.map((value) => value / (counts[label] as number)));
  return accuracy(test, feature, (values) =>
    means.map((mean) => -values.reduce((sum, value, i) => sum + (value - (mean[i] as number)) ** 2, 0)),
  );
}

/** Accuracy on `test` of multinomial logistic regression, learnt on `train` by gradient descent over all of it at once. */
export function logisticAccuracy(train: ImageDataset, test: ImageDataset, feature: Feature): number {
  const inputs = Array.from({ length: train.length }, (_, index) => [...feature(train, index), 1]);
  const weights = train.classNames.map(() => new Array<number>((inputs[0] as number[]).length).fill(0));
  const score = (input: readonly number[]) =>
    weights.map((row) => row.reduce((sum, weight, i) => sum + weight * (input[i] as number), 0));
  for (let round = 0; round < 300; round++) {
    const gradient = weights.map((row) => row.map(() => 0));
    inputs.forEach((input, index) => {
      const powers = score(input).map(Math.exp);
      const total = powers.reduce((sum, power) => sum + power, 0);
      powers.forEach((power, label) => {
        const error = power / total - (train.labels[index] === label ? 1 : 0);
        const row = gradient[label] as number[];
        input.forEach((value, i) => {
          row[i] = (row[i] as number) + error * value;
        });
      });
    });
    weights.forEach((row, label) => {
      gradient[label]?.forEach((value, i) => {
        row[i] = (row[i] as number) - (4 * value) / inputs.length;
      });
    });
  }
  return accuracy(test, feature, (values) => score([...values, 1]));
}

function accuracy(test: ImageDataset, feature: Feature, scores: (values: readonly number[]) => number[]): number {
  let right = 0;
  test.labels.forEach((label, index) => {
    const all = scores(feature(test, index));
    if (all.indexOf(Math.max(...all)) === label) right++;
  });
  return right / test.length;
}
