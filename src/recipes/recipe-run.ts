import { augment } from "../data/augment";
import type { CheckpointOptions, FitOptions } from "../train/fit-options";
import { adamW } from "../train/optimizers/adam";
import { matricesOnly } from "../train/optimizers/decay-rules";
import { muon } from "../train/optimizers/muon";
import { warmupCosine } from "../train/schedules";
import { ViT } from "../vit/model";
import type { ModelRecipe } from "./model-recipe";
import type { RecipeData } from "./recipe-data";

const OPTIMIZERS = { adamw: adamW, muon };

/** The model that a recipe starts from. */
export function recipeModel({ model, seed }: ModelRecipe, classes: number): ViT {
  return new ViT({ ...model, classes }, { seed });
}

/** What a recipe comes to as options of `fit`. */
export function recipeOptions(
  recipe: ModelRecipe,
  { train, validation }: Pick<RecipeData, "train" | "validation">,
  checkpoint?: CheckpointOptions,
): FitOptions {
  const { epochs, batchSize, optimizer, learningRate, weightDecay, warmupEpochs, labelSmoothing, clipNorm, ema, seed } =
    recipe;
  // A run that was cut short to try it out still learns at the whole rate for most of its steps.
  const warmupSteps = Math.floor(Math.min(warmupEpochs, epochs / 5) * Math.ceil(train.length / batchSize));
  return {
    train,
    validation,
    epochs,
    batchSize,
    optimizer: OPTIMIZERS[optimizer]({ learningRate, weightDecay, decay: matricesOnly }),
    schedule: warmupCosine({ warmupSteps }),
    augment: augment(recipe.augment),
    mix: recipe.mix ?? undefined,
    labelSmoothing,
    clipNorm,
    ema,
    seed,
    checkpoint,
  };
}
