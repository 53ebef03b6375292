import { inLanguage } from "../../base/language";
import { Random } from "../../base/random";
import { type Feature, type Leaf, regressionForest } from "./regression-forest";

/** A setting that differs between the points of a sweep. */
export interface VariedSetting {
  readonly name: string;
  /** The value at each point: a number, a category's word, or null where the point doesn't have it. */
  readonly values: readonly (number | string | null)[];
  /** Equal steps for equal ratios. */
  readonly logarithmic: boolean;
}

/** How much each setting matters to the result. */
export interface Importance {
  /** The share of the variance that each setting explains alone, from 0 to 1, the largest first; empty where `why` says why. */
  readonly shares: readonly { readonly name: string; readonly share: number }[];
  /** The share that only several settings together explain. */
  readonly together: number;
  /** How many points it was computed from, and how many had no finite result. */
  readonly counted: number;
  readonly leftOut: number;
  /** Why there are no shares, in words; null where there are. */
  readonly why: string | null;
}

const TREES = 64;
const FEWEST_POINTS = 8;

/**
 * How much each setting matters: functional analysis of variance over a forest (Hutter, Hoos and Leyton-Brown, "An efficient
 * approach for assessing hyperparameter importance", 2014).
 *
 * A forest learns the result from the settings. Its answer, averaged over all values of the other settings, varies with a
 * setting; the variance of that, as a share of the whole variance, is what the setting explains alone. Averages are over the
 * values that the points have, as often as they have them: for a grid those of the grid, for points that were drawn those of
 * the space. A setting that a point doesn't have counts as a value of its own.
 *
 * The same points give the same shares.
 */
export function importance(settings: readonly VariedSetting[], results: readonly number[]): Importance {
  const known = results.flatMap((result, point) => (Number.isFinite(result) ? [point] : []));
  const about = { counted: known.length, leftOut: results.length - known.length };
  const none = (why: string): Importance => ({ shares: [], together: 0, ...about, why });
  if (known.length < FEWEST_POINTS)
    return none(
      inLanguage({
        en: `${known.length} points with a result are too few to tell what matters: it takes ${FEWEST_POINTS}`,
        zh: `有结果的点只有 ${known.length} 个，不足以判断哪些设置重要：至少需要 ${FEWEST_POINTS} 个`,
      }),
    );
  const features = settings
    .map((setting) => ({ name: setting.name, ...featureOf(setting, known) }))
    .filter(({ levels }) => levels.length > 1);
  const values = known.map((point) => results[point]!);
  if (features.length === 0 || values.every((value) => value === values[0]))
    return none(
      features.length === 0
        ? inLanguage({ en: "no setting differs between the points", zh: "各点的设置没有差别" })
        : inLanguage({ en: "all points have the same result", zh: "所有点的结果都相同" }),
    );
  const weights = features.map(({ levels, rows }) =>
    levels.map((_, level) => rows.filter((own) => own === level).length / rows.length),
  );
  const forest = regressionForest(features, values, { trees: TREES, random: new Random(0) });
  // A tree that drew equal results alone has nothing to share out.
  const trees = forest.map((leaves) => treeShares(leaves, weights)).filter((shares) => shares !== undefined);
  const shares = features.map(({ name }, feature) => ({
    name,
    share: trees.reduce((sum, tree) => sum + tree[feature]!, 0) / trees.length,
  }));
  const alone = shares.reduce((sum, { share }) => sum + share, 0);
  // Rounding may leave a hair more than everything.
  return { shares: shares.sort((a, b) => b.share - a.share), together: Math.max(0, 1 - alone), ...about, why: null };
}

function featureOf({ values, logarithmic }: VariedSetting, points: readonly number[]): Feature {
  const given = points.map((point) => values[point] ?? null);
  const isCategory = given.some((value) => typeof value === "string");
  const place = (value: number | string | null) => {
    // Below all numbers, so that one split tells the points that lack the setting from the others.
    if (value === null) return Number.NEGATIVE_INFINITY;
    const number = value as number;
    return logarithmic && number > 0 ? Math.log(number) : number;
  };
  if (isCategory) {
    const words = [...new Set(given)];
    return { levels: words.map((_, index) => index), isCategory, rows: given.map((value) => words.indexOf(value)) };
  }
  const places = given.map(place);
  const levels = [...new Set(places)].sort((a, b) => a - b);
  return { levels, isCategory, rows: places.map((one) => levels.indexOf(one)) };
}

/** The share of a tree's variance that each setting explains alone; undefined where it has none. */
function treeShares(leaves: readonly Leaf[], weights: readonly (readonly number[])[]): number[] | undefined {
  /** For each leaf and setting the part of the setting's points that fall within. */
  const parts = leaves.map(({ within }) =>
    within.map((levels, feature) => levels.reduce((sum, is, at) => (is ? sum + weights[feature]![at]! : sum), 0)),
  );
  const product = (factors: readonly number[]) => factors.reduce((all, factor) => all * factor, 1);
  const sizes = parts.map(product);
  const mean = leaves.reduce((sum, { value }, leaf) => sum + value * sizes[leaf]!, 0);
  const variance = leaves.reduce((sum, { value }, leaf) => sum + (value - mean) ** 2 * sizes[leaf]!, 0);
  if (!(variance > 0)) return undefined;
  return weights.map((own, feature) => {
    const marginal = own.map(() => 0);
    for (const [leaf, { value, within }] of leaves.entries()) {
      const others = product(parts[leaf]!.filter((_, at) => at !== feature));
      for (const level of own.keys()) if (within[feature]![level]) marginal[level]! += value * others;
    }
    const explained = own.reduce((sum, weight, level) => sum + weight * (marginal[level]! - mean) ** 2, 0);
    return explained / variance;
  });
}
