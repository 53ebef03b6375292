import { misfit, showField } from "../../base/field";
import { batchCount } from "../../data/batches";
import { type AnyDataset, isImageDataset } from "../../data/examples";
import { TRAINING_FIELDS, type TrainingValues } from "../../train/training-fields";
import { configProblems } from "../../vit/config-problems";
import { sizeOf } from "../../vit/patches";
import type { FieldName, TweakValues } from "./form-fields";

/** Why a model can't be made or trained as a form says. */
export interface FormProblem {
  /** In one sentence that names the field. */
  readonly message: string;
  /** Whether no model can be made, or it can't be trained so. */
  readonly of: "config" | "training";
  /** The fields that can be changed, what to say beside each, and the nearest value with which the problem is gone. */
  readonly remedies: readonly { readonly field: FieldName; readonly sentence: string; readonly nearest?: unknown }[];
}

/** All that is wrong with what a form says; with `train`, also what doesn't fit these images. */
export function formProblems(values: TweakValues, train?: AnyDataset): FormProblem[] {
  const ofConfig = [...configProblems(values)].map((problem) => ({ ...problem, of: "config" as const }));
  const ofTraining = trainingMisfits(values);
  const fits = ofConfig.length + ofTraining.length === 0;
  return [...ofConfig, ...ofTraining, ...(train && fits ? dataProblems(values, train) : [])];
}

function trainingMisfits(values: TweakValues): FormProblem[] {
  return (Object.keys(TRAINING_FIELDS) as (keyof TrainingValues)[]).flatMap((field) => {
    const found = misfit(values[field], TRAINING_FIELDS[field]);
    if (!found) return [];
    const { nearest, must, wrong } = found;
    const sentence = `${must}${nearest === undefined ? "" : `; the nearest is ${showField(nearest)}`}`;
    return [{ message: `${field} ${wrong}`, of: "training" as const, remedies: [{ field, sentence, nearest }] }];
  });
}

function dataProblems(values: TweakValues, train: AnyDataset): FormProblem[] {
  const found: FormProblem[] = [];
  const tell = (field: FieldName, sentence: string, nearest: unknown) =>
    found.push({ message: `${field}: ${sentence}`, of: "training", remedies: [{ field, sentence, nearest }] });
  if (isImageDataset(train)) {
    const { height, width, channels, classNames } = train;
    const name = `${train.name} ${train.split}`;
    const size = sizeOf(values.imageSize);
    if (size[0] !== height || size[1] !== width)
      tell("imageSize", `the images of ${name} are ${height}x${width}`, height === width ? height : [height, width]);
    if (channels !== values.channels) tell("channels", `the images of ${name} have ${channels} channels`, channels);
    if (classNames.length > values.classes)
      tell("classes", `${name} has ${classNames.length} classes`, classNames.length);
    if (values.problemType !== "single_label_classification")
      tell("problemType", `${name} has one class an image`, "single_label_classification");
  }
  const steps = batchCount(train.length, { batchSize: values.accumulate * values.batchSize }) * values.epochs;
  if (values.schedule === "warmupCosine" && values.warmupSteps >= steps)
    tell("warmupSteps", `the run has ${steps.toLocaleString("en-US")} steps: ${steps - 1} leaves one`, steps - 1);
  return found;
}
