import { isIndex } from "../../base/check-number";
import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { type Interval, meanInterval, shareInterval } from "./interval";
import type { Maps } from "./method-maps";
import { descending } from "./ranks";

/** Patches that are known to matter, of each image. */
export type Truth = readonly (readonly number[])[];

/** How a method does in the pointing game. */
export interface Pointing {
  /** Share of images whose largest number is at a patch that matters. */
  points: Interval;
  /** Share of the patches that matter among as many of the largest numbers. */
  finds: Interval;
}

/** @throws VitlabError unless there are patches of each image, at least one. */
export function checkTruth(truth: Truth, images: number, patches: number): void {
  if (!Array.isArray(truth) || truth.length !== images)
    throw new VitlabError(
      `truth has ${Array.isArray(truth) ? `${truth.length} entries` : "no entries"}: expected a list of patches for each of the ${images} images`,
    );
  truth.forEach((known, image) => {
    if (!Array.isArray(known))
      throw new VitlabError(`truth of image ${image} is ${show(known)}: expected a list of patches, such as [27]`);
    const wrong = known.find((patch: unknown) => !isIndex(patch, patches));
    if (wrong !== undefined || known.length === 0)
      throw new VitlabError(
        `truth of image ${image} ${known.length === 0 ? "names no patch" : `names patch ${show(wrong)}`}: expected patches from 0 to ${patches - 1}`,
      );
  });
}

/** Whether the largest number is at a patch that matters, and how many of these are among as many of the largest. */
export function pointing(maps: Maps, truth: Truth): Pointing {
  const hits: boolean[] = [];
  const found: number[] = [];
  maps.forEach((map, i) => {
    if (!map) return;
    const known = new Set(truth[i]);
    const order = descending(map);
    hits.push(known.has(order[0] as number));
    found.push(order.slice(0, known.size).filter((patch) => known.has(patch)).length / known.size);
  });
  return { points: shareInterval(hits), finds: meanInterval(found) };
}

/** What pointing at a patch drawn by chance gets. */
export function pointingByChance(truth: Truth, patches: number): number {
  return truth.reduce((sum, known) => sum + new Set(known).size / patches, 0) / truth.length;
}
