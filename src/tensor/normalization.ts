import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { quoteJson } from "../base/quote-json";

/**
 * How bytes become numbers: `(byte / 255 - mean) / std`, channel by channel; the numbers that Hugging Face's
 * `preprocessor_config.json` has as `image_mean` and `image_std`.
 */
export interface Normalization {
  mean: readonly number[];
  std: readonly number[];
}

/** Beyond it, and nearer to 0 than one divided by it, nothing is the mean or deviation of pixels. */
const MOST = 1e6;

/**
 * Fills in mean 0.5 and std 0.5, which give [-1, 1].
 *
 * @throws VitlabError unless there are one mean and one std above 0 for each channel, none beyond a million.
 */
export function completeNormalization(given: Normalization | undefined, channels: number): Normalization {
  const half = Array.from({ length: Number.isInteger(channels) && channels > 0 ? channels : 0 }, () => 0.5);
  if (given === undefined) return { mean: half, std: half };
  const fits = (list: unknown, right: (value: number) => boolean) =>
    Array.isArray(list) && list.length === channels && list.every((value) => Number.isFinite(value) && right(value));
  if (
    typeof given !== "object" ||
    given === null ||
    !fits(given.mean, (m) => Math.abs(m) <= MOST) ||
    !fits(given.std, (s) => s >= 1 / MOST && s <= MOST)
  )
    throw new VitlabError(
      `config.normalize is ${typeof given === "object" ? quoteJson(given) : show(given)}: give a mean and a std above 0 ` +
        `for each of the ${channels} channels, none beyond a million, such as { mean: [${half.join(", ")}], std: [${half.join(", ")}] }`,
    );
  return { mean: [...given.mean], std: [...given.std] };
}
