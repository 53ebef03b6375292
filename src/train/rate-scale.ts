import { VitlabError } from "../base/error";
import { checkField } from "../base/field";
import { Module } from "../nn/module";
import { namesMatching } from "./name-pattern";
import { TRAINING_FIELDS } from "./training-fields";

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
 * The model's layers are its `blocks`, behind its `embeddings`.
 *
 * @throws VitlabError when layerDecay isn't above 0 to 1 or the model has no `blocks`, a pattern is of no parameter, or nothing would learn.
 */
export function rateScale(model: Module, { layerDecay = 1, freeze, thaw }: RateScaleOptions): RateScale | null {
  checkField("layerDecay", layerDecay, TRAINING_FIELDS.layerDecay);
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
  const above = layerDecay === 1 ? null : layersAbove(model);
  const scales = new Map(names.map((name) => [name, frozen.has(name) ? 0 : layerDecay ** (above?.(name) ?? 0)]));
  return { scales, frozen };
}

/** Of each parameter, how many layers there are from it to the head. */
function layersAbove(model: Module): (name: string) => number {
  const { blocks, embeddings } = model as { blocks?: unknown; embeddings?: unknown };
  if (!Array.isArray(blocks) || !blocks.every((block) => block instanceof Module))
    throw new VitlabError(
      `layerDecay needs to know the layers of a model, and this ${model.constructor.name} has no list of modules called blocks: leave it out`,
    );
  const layers = new Map<Module, number>(blocks.map((block, i) => [block, blocks.length - i]));
  if (embeddings instanceof Module) layers.set(embeddings, blocks.length + 1);
  const paths = [...model.namedModules()].flatMap(([path, module]) => {
    const layer = layers.get(module);
    return layer === undefined ? [] : [[`${path}.`, layer] as const];
  });
  return (name) => paths.find(([path]) => name.startsWith(path))?.[1] ?? 0;
}
