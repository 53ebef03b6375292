import type { ImageDataset } from "../../data/dataset";
import { describeEvaluation, untestedClasses } from "../../train/describe-evaluation";
import { evaluate } from "../../train/evaluate";
import type { Evaluation } from "../../train/evaluation";
import type { FitResult } from "../../train/fit-result";
import type { ViT } from "../../vit/model";
import { printJson, printLine } from "../terminal/output";

/** What is said beside the accuracy. */
export interface TrainingCost {
  epochs: number;
  steps: number;
  /** Wall-clock time of training and validation. */
  seconds: number;
}

/** What a run cost, from its first epoch, those before a resume included. */
export function costOf({ history, steps }: Pick<FitResult, "history" | "steps">): TrainingCost {
  return { epochs: history.length, steps, seconds: history.reduce((sum, epoch) => sum + epoch.seconds, 0) };
}

/** Measures a trained model on the test images and says so, with `--json` as the last line. */
export async function sayTest(
  model: ViT,
  test: ImageDataset,
  cost: TrainingCost,
  json: boolean,
  { signal, fail }: { signal: AbortSignal; fail(): void },
): Promise<Evaluation | null> {
  let measured: Evaluation;
  try {
    measured = await evaluate(model, test, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write("stopped before the test images were measured: vitlab evaluate does that\n");
    fail();
    return null;
  }
  const { accuracy, loss, count, majority } = measured;
  if (json) {
    const parameters = model.parameterCount().total;
    const test = { testAccuracy: accuracy, testLoss: loss, testImages: count };
    const limits = { majorityAccuracy: majority.accuracy, untestedClasses: untestedClasses(measured) };
    printJson({ ...test, ...limits, ...cost, parameters });
  } else {
    printLine(describeEvaluation(measured, "test"));
  }
  return measured;
}
