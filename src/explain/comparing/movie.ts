import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { Explanation } from "../explanation";
import { stacked } from "./stacked";

/** A model as it was after so many epochs. */
export interface Moment {
  epoch: number;
  model: ViT;
}

/** Models of a training, one after the other, as `loadSnapshots` gives them, or a run that kept them. */
export type Moments =
  | Iterable<Moment>
  | AsyncIterable<Moment>
  | {
      /** The models that were kept, one after the other. */
      snapshots(): AsyncIterable<Moment>;
    };

/**
 * The same question to a model at each moment of its training: an explanation with the epochs as its first axis, as in
 * `movie(run, (model) => attentionMap(model, images))`.
 *
 * @param probe what is asked; the model is gone after its turn
 * @returns `[epoch, …]`, the axes of the probe's explanations behind
 * @throws VitlabError when there is no moment, the probe gives no explanation, one of other axes than at first, or throws itself.
 *
 * @example
 * ```ts
 * import { attentionMap, datasetToTensor, fit, movie, shapes, ViT } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * const drawings = shapes({ count: 40 });
 * const run = fit(new ViT(config), { train: drawings, epochs: 2, snapshots: { dir: "snapshots" } });
 * await run;
 * const maps = await movie(run, (model) => attentionMap(model, datasetToTensor(drawings, { indices: [0] })));
 * console.log(maps.axes[0].labels, maps.shape); // [ 'epoch 0', 'epoch 1', 'epoch 2' ] [ 3, 1, 4, 4 ]
 * ```
 */
export async function movie(
  moments: Moments,
  probe: (model: ViT) => Explanation | Promise<Explanation>,
): Promise<Explanation> {
  if (typeof probe !== "function")
    throw new VitlabError(
      `movie got ${show(probe)} for what it asks: give a function, (model) => attentionMap(model, images)`,
    );
  const found: Explanation[] = [];
  const labels: string[] = [];
  for await (const { epoch, model } of momentsOf(moments)) {
    const label = `epoch ${epoch}`;
    found.push(await asked(model, label, probe));
    labels.push(label);
  }
  if (found.length === 0)
    throw new VitlabError("movie got no model: give the snapshots of a training, or a run that kept some");
  return stacked(found, { name: "epoch", labels });
}

function momentsOf(given: Moments): Iterable<Moment> | AsyncIterable<Moment> {
  // A run is iterable itself: over its events.
  if (typeof (given as { snapshots?: unknown } | undefined)?.snapshots === "function")
    return (given as { snapshots(): AsyncIterable<Moment> }).snapshots();
  const iterable = given as Partial<Iterable<Moment> & AsyncIterable<Moment>> | undefined;
  if (iterable?.[Symbol.asyncIterator] || (typeof given !== "string" && iterable?.[Symbol.iterator]))
    return given as AsyncIterable<Moment>;
  throw new VitlabError(
    `movie got ${show(given)} for the moments of a training: give a run that kept snapshots, or loadSnapshots(dir)`,
  );
}

async function asked(
  model: ViT,
  label: string,
  probe: (model: ViT) => Explanation | Promise<Explanation>,
): Promise<Explanation> {
  let found: Explanation;
  try {
    found = await probe(model);
  } catch (error) {
    throw error instanceof VitlabError ? new VitlabError(`at ${label}, ${error.message}`, { cause: error }) : error;
  }
  if (found instanceof Explanation) return found;
  throw new VitlabError(`at ${label} the question gave ${show(found)}: it must return an explanation`);
}
