import type { Random } from "../base/random";

/** Some indices and all the others, both rising. */
interface StratifiedChoice {
  chosen: Uint32Array;
  rest: Uint32Array;
}

/**
 * Draws `count` indices without replacement, each label as often as in the whole (largest remainders make up the sum).
 */
export function stratifiedChoice(labels: ArrayLike<number>, count: number, random: Random): StratifiedChoice {
  const byLabel = new Map<number, number[]>();
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] as number;
    const group = byLabel.get(label);
    if (group) group.push(index);
    else byLabel.set(label, [index]);
  }
  const groups = [...byLabel.keys()].sort((a, b) => a - b).map((label) => byLabel.get(label) as number[]);
  const shares = groups.map((group) => (group.length * count) / labels.length);
  const quotas = shares.map(Math.floor);
  const missing = count - quotas.reduce((sum, quota) => sum + quota, 0);
  const byRemainder = shares
    .map((share, group) => ({ group, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.group - b.group);
  for (const { group } of byRemainder.slice(0, missing)) quotas[group] = (quotas[group] as number) + 1;

  const isChosen = new Uint8Array(labels.length);
  groups.forEach((group, i) => {
    for (const index of random.shuffle(group).slice(0, quotas[i])) isChosen[index] = 1;
  });
  const chosen = new Uint32Array(count);
  const rest = new Uint32Array(labels.length - count);
  let inChosen = 0;
  let inRest = 0;
  for (let index = 0; index < labels.length; index++) {
    if (isChosen[index]) chosen[inChosen++] = index;
    else rest[inRest++] = index;
  }
  return { chosen, rest };
}
