import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkWhole } from "../../base/check-number";
import { checkOptions, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { nextTurn } from "../../base/next-turn";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import { classesByLogits } from "../answers";
import { checkWord } from "../choices";
import { checkLook, tokenGrid } from "../look";
import type { Paint } from "../paint";
import { BASELINES, chosenMethods, type Methods } from "./chosen-methods";
import type { Explainer } from "./explainers";
import { type Interval, meanInterval } from "./interval";
import { type JudgedMethod, Judgement } from "./judgement";
import { type MapAreas, mapAreas } from "./map-areas";
import { correlations, type Maps, mapsBy } from "./method-maps";
import { AREA_RULES, type AreaRule } from "./perturbation";
import { checkTruth, pointing, pointingByChance } from "./pointing-game";
import { checkRandomizable } from "./random-weights";
import { sanityCheck } from "./sanity-check";

/** How explanations are judged. */
export interface JudgeOptions {
  /** The class that is explained, or one for each image. Default: the one with the largest logit. */
  class?: number | readonly number[];
  /** Patches that are known to matter, of each image, as `landmarkPatches` or `needle` tell them. Default unknown. */
  truth?: readonly (readonly number[])[];
  /** Steps of the curves of deletion and insertion. Default 16. */
  steps?: number;
  /** What is seen instead of a patch. Default "mean". */
  color?: Paint;
  /** How the area under a curve is taken. Default "mean": of its values. */
  area?: AreaRule;
  /** The method that the others' ranks are compared with in the table. Default "occlusion", if it is judged. */
  against?: string;
  /** Of the random map and of random weights. Default 1. */
  seed?: number;
  /** How many images, the first, are explained again with random weights; false for none. Default 24. */
  sanity?: number | false;
  /** Told after every few images. */
  onProgress?: (done: number, of: number) => void;
  /** Stops between a few images. */
  signal?: AbortSignal;
}

const OPTIONS = {
  class: true,
  truth: true,
  steps: true,
  color: true,
  area: true,
  against: true,
  seed: true,
  sanity: true,
  onProgress: true,
  signal: true,
};

/** Images at a time: gradients through all blocks keep what was computed. */
const AT_ONCE = 12;
const SANITY_IMAGES = 24;

/**
 * Judges explanations: the areas under the curves of deletion and insertion (Petsiuk et al., 2018), how far methods agree
 * (Spearman's correlation of their ranks), whether the largest number stands at a patch that is known to matter (the pointing
 * game; Zhang et al., "Top-down Neural Attention by Excitation Backprop", 2018, section 4.2), and whether the map changes when
 * the model's weights are made random (Adebayo et al., 2018). All with 95 % intervals, beside a random map and an edge
 * detector.
 *
 * @param methods explainers by name; names of `explainers` as a list; or "all" of these
 * @param images `[batch, height, width, channels]`, as the model takes them
 * @throws VitlabError when a method is unknown, or gives no map for any image, or an option is out of range.
 *
 * @example
 * ```ts
 * import { datasetToTensor, judge, loadModel, needle } from "vitlab";
 *
 * const { model } = await loadModel("vit-needle");
 * const images = datasetToTensor(needle({ count: 4, split: "test" }));
 * const judgement = await judge(["relevance"], model, images, { steps: 4, sanity: false });
 * // Beside the method a map drawn by chance and an edge detector.
 * console.log(judgement.methods.map(({ method }) => method), judgement.count);
 * // [ 'random', 'edges', 'relevance' ] 4
 * ```
 */
export async function judge(
  methods: Methods,
  model: ViT,
  images: Tensor4D,
  options: JudgeOptions = {},
): Promise<Judgement> {
  checkLook("judge", model, images);
  checkOptions("judge", options, OPTIONS);
  const { steps = 16, color = "mean", area = "mean", seed = 1, truth, onProgress, signal } = options;
  checkWord("area", area, AREA_RULES);
  const count = images.shape[0];
  const { rows, columns } = tokenGrid(model, images);
  const patches = rows * columns;
  if (truth !== undefined) checkTruth(truth, count, patches);
  const all = chosenMethods(methods, seed);
  const names = Object.keys(all);
  const against = options.against ?? (names.includes("occlusion") ? "occlusion" : undefined);
  if (against !== undefined && !names.includes(against))
    throw new VitlabError(`against is ${show(against)}, which isn't judged: the methods are ${names.join(", ")}`);
  const sanity = options.sanity === false ? 0 : Math.min(count, checkWhole("sanity", options.sanity ?? SANITY_IMAGES));

  if (sanity > 0) checkRandomizable(model);
  const classes = classesByLogits(model, images, options.class);
  const maps: Record<string, (Float32Array | undefined)[]> = Object.fromEntries(names.map((name) => [name, []]));
  const areas: Record<string, MapAreas> = Object.fromEntries(
    names.map((name) => [name, { deletion: [], insertion: [] }]),
  );
  for (let start = 0; start < count; start += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - start);
    const batch = tf.slice(images, start, some);
    const asked = classes.slice(start, start + some);
    try {
      for (const name of names) {
        const found = mapsBy(all[name] as Explainer, name, model, batch, asked);
        maps[name]?.push(...found);
        const { deletion, insertion } = mapAreas(found, name, model, batch, asked, { steps, color, area });
        areas[name]?.deletion.push(...deletion);
        areas[name]?.insertion.push(...insertion);
        await nextTurn(signal);
      }
    } finally {
      batch.dispose();
    }
    onProgress?.(start + some, count);
  }
  for (const name of names)
    if (maps[name]?.every((map) => map === undefined))
      throw new VitlabError(
        `${name} gave the same number for every patch of every image: it explains nothing of this model; leave it out`,
      );
  const changed =
    sanity > 0 ? await sanityCheck(all, maps, { model, images, classes, sanity, seed, signal }) : undefined;
  const judged = names.map((name): JudgedMethod => {
    const own = maps[name] as Maps;
    const known = own.filter((map) => map !== undefined);
    return {
      method: name,
      baseline: name in BASELINES,
      images: known.length,
      deletion: meanInterval(areas[name]?.deletion ?? []),
      insertion: meanInterval(areas[name]?.insertion ?? []),
      agreement: against === undefined ? null : likeness(own, maps[against] as Maps),
      ...(truth ? pointing(own, truth) : { points: null, finds: null }),
      randomized: changed?.[name] ?? null,
    };
  });
  return new Judgement({
    methods: judged,
    agreement: names.map((a) => names.map((b) => likeness(maps[a] as Maps, maps[b] as Maps)?.mean ?? Number.NaN)),
    count,
    against: against ?? null,
    chance: truth ? pointingByChance(truth, patches) : null,
    settings: { steps, color, area, seed, sanity },
  });
}

/** How alike two methods' maps are; null where no image has a map of both. */
function likeness(a: Maps, b: Maps): Interval | null {
  const found = correlations(a, b);
  return found.length > 0 ? meanInterval(found) : null;
}
