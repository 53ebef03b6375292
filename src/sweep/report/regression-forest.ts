import type { Random } from "../../base/random";

/** One setting of the things that a forest learns from. */
export interface Feature {
  /** The values that there are, as places on a scale; those of a category have no order, and their places are their numbers. */
  readonly levels: readonly number[];
  readonly isCategory: boolean;
  /** Which of the levels each thing has. */
  readonly rows: readonly number[];
}

/** An end of a tree: what it answers where every setting is at one of these levels. */
export interface Leaf {
  readonly value: number;
  /** For each feature and each of its levels, whether it is among them. */
  readonly within: readonly (readonly boolean[])[];
}

/**
 * A forest of regression trees, each grown on rows drawn with repetition until all results in a leaf are one (Breiman,
 * "Random forests", 2001; with all features at each split, as in scikit-learn). The leaves of a tree share the whole space
 * among them.
 */
export function regressionForest(
  features: readonly Feature[],
  results: readonly number[],
  { trees, random }: { trees: number; random: Random },
): Leaf[][] {
  const everywhere = features.map(({ levels }) => levels.map(() => true));
  return Array.from({ length: trees }, () => {
    const rows = results.map(() => random.integer(results.length));
    return grow(rows, everywhere, features, results, random);
  });
}

function grow(
  rows: readonly number[],
  within: Leaf["within"],
  features: readonly Feature[],
  results: readonly number[],
  random: Random,
): Leaf[] {
  const split = bestSplit(rows, features, results, random);
  if (!split) return [{ value: meanOf(rows, results), within }];
  const { feature, isLeft } = split;
  const side = (left: boolean) => {
    const own = rows.filter((row) => isLeft[features[feature]!.rows[row]!] === left);
    const narrowed = within.map((levels, at) =>
      at === feature ? levels.map((is, level) => is && isLeft[level] === left) : levels,
    );
    return grow(own, narrowed, features, results, random);
  };
  return [...side(true), ...side(false)];
}

interface Split {
  readonly feature: number;
  /** For each level of the feature, on which side it is. */
  readonly isLeft: readonly boolean[];
}

/** The split after which the squared errors of the two sides are least; undefined where nothing is left to tell apart. */
function bestSplit(
  rows: readonly number[],
  features: readonly Feature[],
  results: readonly number[],
  random: Random,
): Split | undefined {
  if (rows.every((row) => results[row] === results[rows[0]!])) return undefined;
  let best: { gain: number; feature: number; places: ReadonlyMap<number, number>; cut: number } | undefined;
  // Of splits that are as good as each other the first one counts: which that is, chance says.
  for (const feature of random.shuffle(features.map((_, index) => index))) {
    const { levels, isCategory, rows: levelOf } = features[feature]!;
    const sums = new Map<number, { sum: number; count: number }>();
    for (const row of rows) {
      const { sum, count } = sums.get(levelOf[row]!) ?? { sum: 0, count: 0 };
      sums.set(levelOf[row]!, { sum: sum + results[row]!, count: count + 1 });
    }
    // Among all ways to part categories in two, the best parts them in the order of their means (Breiman et al., 1984).
    const placeOf = (level: number) => (isCategory ? sums.get(level)!.sum / sums.get(level)!.count : levels[level]!);
    const places = new Map([...sums.keys()].map((level) => [level, placeOf(level)] as const));
    const seen = [...places].sort(([, a], [, b]) => a - b);
    const total = rows.reduce((all, row) => all + results[row]!, 0);
    let [sum, count] = [0, 0];
    for (let at = 0; at + 1 < seen.length; at++) {
      const [[level, place], [, next]] = [seen[at]!, seen[at + 1]!];
      sum += sums.get(level)!.sum;
      count += sums.get(level)!.count;
      const gain = sum ** 2 / count + (total - sum) ** 2 / (rows.length - count);
      if (!best || gain > best.gain) best = { gain, feature, places, cut: (place + next) / 2 };
    }
  }
  if (!best) return undefined;
  const { feature, places, cut } = best;
  const { levels, isCategory } = features[feature]!;
  // A category that no row here has goes to the right, a number to where it belongs.
  const isLeft = levels.map((place, level) => (isCategory ? (places.get(level) ?? cut + 1) : place) <= cut);
  return { feature, isLeft };
}

function meanOf(rows: readonly number[], results: readonly number[]): number {
  return rows.reduce((sum, row) => sum + results[row]!, 0) / rows.length;
}
