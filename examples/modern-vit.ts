// A Vision Transformer with RMSNorm, SwiGLU and register tokens: trained, stopped, resumed, saved and loaded.
// Resumed, it has the same weights to the bit as a run that was never stopped.

import { type Callback, fit, loadCheckpoint, presets, RMSNorm, SwiGLU, shapes, splitDataset, ViT } from "vitlab";

const data = splitDataset(shapes({ count: 400, seed: 1 }), { validation: 0.2 });

/** The small preset with other parts. Whoever loads its weights makes it in the same way. */
const makeModel = () =>
  new ViT(
    { ...presets.articleSimpleViT, finalNorm: true, norm: "pre", registerTokens: 4, mlpDim: 64 },
    {
      norm: (dim) => new RMSNorm(dim),
      mlp: (dim, hidden, { random, dropout }) => new SwiGLU(dim, hidden, { random, dropout, bias: false }),
    },
  );

/** Trains into folders below `dir`, and returns what the two runs came to. */
export async function main(dir: string) {
  const options = { ...data, epochs: 3, batchSize: 32, seed: 1 };
  const whole = makeModel();
  await fit(whole, { ...options, checkpoint: { dir: `${dir}/whole` } });

  const stopAtStep12: Callback = (event, run) => {
    if (event.update === 12) run.stop();
  };
  const checkpoint = { dir: `${dir}/resumed`, resume: true };
  const begun = await fit(makeModel(), { ...options, checkpoint, callbacks: stopAtStep12 });
  const resumed = makeModel();
  const ended = await fit(resumed, { ...options, checkpoint });

  const { model: loaded } = await loadCheckpoint(`${dir}/whole`, { model: makeModel() });
  return {
    reasons: [begun.reason, ended.reason],
    validationLoss: ended.history.at(-1)?.validationLoss,
    weights: [whole, resumed, loaded].map((model) => model.stateDict()),
  };
}
