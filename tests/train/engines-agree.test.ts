import { expect, it } from "vitest";
import { useEngine } from "../../src/tensor/node/engine";
import { fit } from "../../src/train/fit";
import { adam } from "../../src/train/optimizers/adam";
import { engines } from "../support/engines";
import { collect, colors, microModel } from "./micro";

/** Losses of 20 steps without dropout. */
async function losses(engine: (typeof engines)[number]): Promise<number[]> {
  await useEngine(engine, { quiet: true });
  const model = microModel({ depth: 3, dim: 20, heads: 5, dropout: 0, attentionDropout: 0, activation: "gelu" });
  const optimizer = adam({ learningRate: 3e-3 });
  const run = fit(model, { train: colors(80), epochs: 4, batchSize: 16, optimizer, timing: false });
  const events = await collect(run);
  model.dispose();
  return events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
}

it("engines agree to 1e-4 after 20 steps of training", async () => {
  const found: number[][] = [];
  for (const engine of engines) found.push(await losses(engine));
  const [first, ...others] = found;
  expect(first).toHaveLength(20);
  expect(first?.at(-1)).toBeLessThan(0.9 * (first?.[0] as number));
  for (const other of others)
    other.forEach((loss, i) => {
      expect(Math.abs(loss - (first?.[i] as number)), `step ${i + 1}`).toBeLessThan(1e-4);
    });
});
