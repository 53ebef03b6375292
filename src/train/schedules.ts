import { checkNotNegative, checkWhole } from "../base/check-number";
import { checkOptions } from "../base/check-options";
import { checkField } from "../base/field";
import { TRAINING_FIELDS } from "./training-fields";

/** How the learning rate goes over the steps of a run. */
export interface Schedule {
  readonly name: string;
  /** Everything that makes two schedules of one name differ; written into checkpoints. */
  readonly settings: Readonly<Record<string, number | string | null>>;
  /**
   * The learning rate of a step.
   *
   * @param step counted from 0 over all epochs
   * @param base the optimizer's own learning rate
   * @param totalSteps steps of the whole run, for schedules that were not given their own
   */
  learningRate(step: number, base: number, totalSteps: number): number;
}

/** How a warm-up followed by a cosine is set. */
export interface WarmupCosineOptions {
  /** Steps over which the rate rises. Default 0. */
  warmupSteps?: number;
  /** Step at which the cosine reaches its end. Default: the steps of the run. */
  totalSteps?: number;
  /** Learning rate at the end. Default 0. */
  minimum?: number;
  /**
   * Where the warm-up starts: "first" gives step t the share (t + 1) / warmupSteps, so that the first step already
   * learns; "zero" gives it t / warmupSteps, as Hugging Face's `get_cosine_schedule_with_warmup`. Default "first".
   */
  warmupFrom?: "first" | "zero";
}

/**
 * The optimizer's learning rate at every step.
 *
 * @example
 * ```ts
 * import { constant } from "vitlab";
 *
 * console.log(constant().learningRate(99, 0.001, 100)); // 0.001
 * ```
 */
export function constant(): Schedule {
  return { name: "constant", settings: {}, learningRate: (_step, base) => base };
}

/**
 * A linear rise to the optimizer's learning rate, then half a cosine down to `minimum`:
 * `minimum + (base - minimum) (1 + cos(π p)) / 2`, with p going from 0 to 1 after the warm-up (Loshchilov and Hutter,
 * "SGDR", 2017, equation 5, without restarts; the warm-up is from Goyal et al., "Accurate, Large Minibatch SGD", 2017,
 * section 2.2).
 *
 * @throws VitlabError when a setting is out of range.
 *
 * @example
 * ```ts
 * import { warmupCosine } from "vitlab";
 *
 * // Ten steps up, then half a cosine down.
 * const { learningRate } = warmupCosine({ warmupSteps: 10 });
 * for (const step of [0, 9, 54, 99]) console.log(step, learningRate(step, 1, 100).toFixed(3));
 * // 0 0.100
 * // 9 1.000
 * // 54 0.517
 * // 99 0.000
 * ```
 */
export function warmupCosine(options: WarmupCosineOptions = {}): Schedule {
  checkOptions("warmupCosine", options, { warmupSteps: true, totalSteps: true, minimum: true, warmupFrom: true });
  const { warmupSteps = 0, totalSteps: ownTotal, minimum = 0, warmupFrom = "first" } = options;
  checkField("warmupSteps", warmupSteps, TRAINING_FIELDS.warmupSteps);
  if (ownTotal !== undefined) checkWhole("totalSteps", ownTotal);
  checkNotNegative("minimum", minimum);
  return {
    name: "warmupCosine",
    settings: { warmupSteps, totalSteps: ownTotal ?? null, minimum, warmupFrom },
    learningRate(step, base, runSteps) {
      if (step < warmupSteps) return (base * (step + (warmupFrom === "first" ? 1 : 0))) / warmupSteps;
      const length = Math.max(1, (ownTotal ?? runSteps) - warmupSteps);
      const progress = Math.min(1, (step - warmupSteps) / length);
      return minimum + ((base - minimum) * (1 + Math.cos(Math.PI * progress))) / 2;
    },
  };
}
