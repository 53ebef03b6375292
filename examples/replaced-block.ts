// A block taken out of a model and another one put in: its weights learn, and only those.

import { EncoderBlock, fit, presets, Random, RMSNorm, type StateDict, shapes, ViT } from "vitlab";

/** The parameters of which a number is another. */
const moved = (before: StateDict, after: StateDict) =>
  Object.keys(after).filter((name) => String(before[name]?.data) !== String(after[name]?.data));

/** Replaces the last block, trains it alone, and returns the names of the parameters that moved. */
export async function main(): Promise<string[]> {
  const model = new ViT(presets.tiny, { seed: 1 });
  const last = model.blocks.length - 1;
  const { dim } = model.config;

  const block = new EncoderBlock(dim, {
    heads: 2,
    mlpDim: 2 * dim,
    random: new Random(2),
    factories: { norm: (features) => new RMSNorm(features) },
  });
  model.replace(`blocks.${last}`, block).dispose();

  const before = model.stateDict();
  await fit(model, { train: shapes({ count: 100, seed: 1 }), epochs: 1, freeze: "*", thaw: `blocks.${last}.*` });
  return moved(before, model.stateDict());
}
