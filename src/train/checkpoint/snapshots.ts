import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, show } from "../../base/check-options";
import { printAs } from "../../base/display-kind";
import { VitlabError } from "../../base/error";
import type { Module } from "../../nn/module";
import type { ViT } from "../../vit/model";
import { loadCheckpoint } from "./model-checkpoint";

/** Where a model of a training stands. */
export interface Snapshot {
  /** Whole epochs done; 0 is before the first step. */
  epoch: number;
  /** A folder that `loadCheckpoint` opens. */
  dir: string;
}

/** How `loadSnapshots` reads. */
export interface LoadSnapshotsOptions<M extends Module = ViT> {
  /** A module to fill with the weights of each, made as the one that was trained. Default a new ViT each, as the config says. */
  model?: M;
}

const NAME = /^epoch-(\d{5,})$/;

/** The folder of a snapshot, whose names sort by epoch. */
export function snapshotFolder(dir: string, epoch: number): string {
  return join(dir, `epoch-${String(epoch).padStart(5, "0")}`);
}

/** The snapshots of a folder by epoch; none where there is no such folder. */
export function listSnapshots(dir: string): Snapshot[] {
  let names: string[] = [];
  try {
    names = readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      throw new VitlabError(`${dir} can't be read: ${(error as Error).message}`);
  }
  return names
    .flatMap((name) => {
      const epoch = NAME.exec(name)?.[1];
      return epoch === undefined ? [] : [{ epoch: Number(epoch), dir: join(dir, name) }];
    })
    .sort((a, b) => a.epoch - b.epoch);
}

/**
 * The models of a training, one after the other: `for await (const { epoch, model } of snapshots)` loads each and disposes it
 * after its turn.
 */
export class Snapshots<M extends Module = ViT> implements AsyncIterable<{ epoch: number; model: M }> {
  constructor(
    /** Where they are, by epoch. */
    readonly list: readonly Snapshot[],
    private readonly given?: M,
  ) {
    printAs(
      this,
      () => `${list.length} snapshots of a training, of epochs ${list.map(({ epoch }) => epoch).join(", ")}`,
    );
  }

  /** Loads one model after the other. */
  async *[Symbol.asyncIterator](): AsyncIterator<{ epoch: number; model: M }, void, undefined> {
    for (const { epoch, dir } of this.list) {
      const { model } = await loadCheckpoint<M>(dir, this.given ? { model: this.given } : {});
      try {
        yield { epoch, model };
      } finally {
        // One that was given belongs to whoever gave it.
        if (model !== this.given) model.dispose();
      }
    }
  }
}

/**
 * The snapshots that `fit` wrote into a folder; models are loaded one at a time, when it is iterated over.
 *
 * @throws VitlabError when the folder holds none; iterating, as `loadCheckpoint` does.
 *
 * @example
 * ```ts
 * import { fit, loadSnapshots, shapes, ViT } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * await fit(new ViT(config), { train: shapes({ count: 40 }), epochs: 4, snapshots: { dir: "movie", every: 2 } });
 * for await (const { epoch, model } of loadSnapshots("movie")) console.log(epoch, model.config.dim);
 * // 0 16
 * // 2 16
 * // 4 16
 * ```
 */
export function loadSnapshots<M extends Module = ViT>(
  dir: string,
  options: LoadSnapshotsOptions<M> = {},
): Snapshots<M> {
  checkOptions("loadSnapshots", options, { model: true });
  if (typeof dir !== "string" || dir === "")
    throw new VitlabError(`loadSnapshots got ${show(dir)}: give the folder that fit(…, { snapshots: { dir } }) wrote`);
  const list = listSnapshots(dir);
  if (list.length === 0)
    throw new VitlabError(`${dir} holds no snapshots: give the folder that fit(…, { snapshots: { dir } }) wrote`);
  return new Snapshots(list, options.model);
}
