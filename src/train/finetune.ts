import { VitlabError } from "../base/error";
import { withDefaults } from "../base/with-defaults";
import { augment } from "../data/augment";
import { isImageDataset } from "../data/examples";
import { fit } from "./fit";
import type { FitOptions } from "./fit-options";
import { adam, adamW } from "./optimizers/adam";
import { matricesOnly } from "./optimizers/decay-rules";
import { warmupCosine } from "./schedules";
import type { Trainable } from "./trainable";
import type { TrainingRun } from "./training-run";

/** How to fine-tune: as the article does, or with what has been learnt since. */
export type FinetuneRecipe = "article" | "better";

/** The names of the recipes. */
export const FINETUNE_RECIPES: readonly FinetuneRecipe[] = ["article", "better"];

/** What `finetune` takes: all that `fit` takes, and a recipe that fills in what is left out. */
export interface FinetuneOptions extends Omit<FitOptions, "epochs"> {
  /** Default "better". */
  recipe?: FinetuneRecipe;
  /** Default 3 with "article", 10 with "better". */
  epochs?: number;
  /** Of the recipe's own optimizer. Default 1e-4 with "article", 1e-3 with "better". */
  learningRate?: number;
}

/**
 * Trains a model that has learnt something before, on new images; give it a new head first where the classes are others
 * (`withNewHead`).
 *
 * "article" is Adam at 1e-4, batches of 16, 3 epochs. "better" is AdamW on matrices, a warm-up over a tenth of the run and a
 * cosine, layer decay 0.75, so that early blocks keep what they know, label smoothing 0.1, gradients of at most length 1,
 * batches of 32, 10 epochs, flip, shift by an eighth and slightly other colors. Whatever is given comes first.
 *
 * @throws VitlabError as `fit` does.
 *
 * @example
 * ```ts
 * import { finetune, loadModel, pickClasses, shapes, withNewHead } from "vitlab";
 *
 * // A model that knows drawings learns to tell cats from dogs.
 * const { model } = await loadModel("vit-shapes");
 * const train = pickClasses(shapes({ count: 40 }), ["cat", "dog"]);
 * const { history, plan } = await finetune(withNewHead(model, 2), { train, epochs: 1, freeze: "embeddings.*" });
 * console.log(history.length, plan.trainExamples, plan.batchSize); // 1 8 32
 * ```
 */
export function finetune(model: Trainable, options: FinetuneOptions): TrainingRun {
  return fit(model, finetuneOptions(model, options));
}

/** The options of `fit` that a recipe comes to. */
export function finetuneOptions(model: Trainable, options: FinetuneOptions): FitOptions {
  const { recipe = "better", learningRate, ...given } = options ?? {};
  if (!FINETUNE_RECIPES.includes(recipe))
    throw new VitlabError(`there is no recipe "${String(recipe)}": give ${FINETUNE_RECIPES.join(" or ")}`);
  if (learningRate !== undefined && given.optimizer !== undefined)
    throw new VitlabError("learningRate is for the recipe's own optimizer: give it to the optimizer instead");
  if (recipe === "article") {
    const optimizer = adam({ learningRate: learningRate ?? 1e-4 });
    return withDefaults<FitOptions>({ train: given.train, epochs: 3, batchSize: 16, optimizer }, given);
  }
  const { train, loss, epochs = 10, batchSize = 32 } = given;
  const side = train && isImageDataset(train) ? Math.min(train.height, train.width) : null;
  const steps = epochs * Math.ceil((train?.length ?? 0) / batchSize);
  const recommended: FitOptions = {
    train,
    epochs,
    batchSize,
    optimizer: adamW({ learningRate: learningRate ?? 1e-3, weightDecay: 0.05, decay: matricesOnly }),
    schedule: warmupCosine({ warmupSteps: Math.floor(steps / 10) }),
    ...("blocks" in model && { layerDecay: 0.75 }),
    ...(!loss && { labelSmoothing: 0.1 }),
    clipNorm: 1,
    ...(side !== null && { augment: augment({ flip: true, shift: Math.floor(side / 8), color: 0.2 }) }),
  };
  return withDefaults(recommended, given);
}
