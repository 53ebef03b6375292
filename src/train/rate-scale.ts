import { checkPositive } from "../base/check-number";
import { VitlabError } from "../base/error";
import type { ViT } from "../vit/model";
import { namesMatching } from "./name-pattern";

/** Which parameters learn, and at which part of the learning rate. */
export interface RateScale {
  /** The parts, each from 0 to 1, by the names of parameters; those of the frozen are 0. */
  scales: ReadonlyMap<string, number>;
  frozen: ReadonlySet<string>;
}

/** The options that a rate scale is made of. */
export interface RateScaleOptions {
  layerDecay?: number;
  freeze?: string | readonly string[];
  thaw?: string | readonly string[];
}

/**
 * The parts of the learning rate; null where all parameters learn at the whole of it.
 *
 * With layer decay c and L blocks: head and final normalization 1, block i `c^(L - i)`, embeddings `c^(L + 1)` (Clark et al.,
 * "ELECTRA", 2020, appendix A; in this form Bao et al., "BEiT", 2022, appendix H).
 *
 * @throws VitlabError when layerDecay isn't above 0 to 1, a pattern is of no parameter, or nothing would learn.
 */
export function rateScale(model: ViT, { layerDecay = 1, freeze, thaw }: RateScaleOptions): RateScale | null {
  checkPositive("layerDecay", layerDecay);
  if (layerDecay > 1)
    throw new VitlabError(
      `layerDecay is ${layerDecay}: it must be at most 1, the learning rate of a block beside the next`,
    );
  if (thaw !== undefined && freeze === undefined)
    throw new VitlabError(
      'thaw makes exceptions from freeze, which is not given: as in { freeze: "*", thaw: "head.*" }',
    );
  if (layerDecay === 1 && freeze === undefined) return null;
  const names = [...model.namedParameters().keys()];
  const frozen = freeze === undefined ? new Set<string>() : namesMatching("freeze", freeze, names);
  if (thaw !== undefined) for (const name of namesMatching("thaw", thaw, names)) frozen.delete(name);
  if (frozen.size === names.length)
    throw new VitlabError('freeze leaves no parameter to train: name fewer, or make exceptions, as in thaw: "head.*"');
  const { depth } = model.config;
  const scales = new Map(names.map((name) => [name, frozen.has(name) ? 0 : layerDecay ** layersAbove(name, depth)]));
  return { scales, frozen };
}

/** How many layers there are from a parameter to the head. */
function layersAbove(name: string, depth: number): number {
  const block = /^blocks\.(\d+)\./.exec(name);
  if (block) return depth - Number(block[1]);
  return name.startsWith("embeddings.") ? depth + 1 : 0;
}
