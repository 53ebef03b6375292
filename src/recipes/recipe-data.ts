import { cifar10 } from "../data/cifar10";
import type { ImageDataset } from "../data/dataset";
import { DRAWN } from "../data/drawn-by-name";
import { drawnDataset } from "../data/drawn-dataset";
import { pickClasses } from "../data/pick-classes";
import type { ModelRecipe } from "./model-recipe";

/** The three parts of a recipe's data, none sharing an image with another. */
export interface RecipeData {
  train: ImageDataset;
  validation: ImageDataset;
  test: ImageDataset;
}

/** Reads the data of a recipe: of CIFAR-10, 5,000 of the 50,000 training images are held out for validation. */
export async function recipeData({
  data,
  drawn,
  without,
}: Pick<ModelRecipe, "data" | "drawn" | "without">): Promise<RecipeData> {
  const read = async (split: "train" | "validation" | "test") => {
    const count = split === "train" ? drawn : undefined;
    const all: ImageDataset =
      data === "cifar10" ? await cifar10({ split }) : drawnDataset({ split, count }, DRAWN[data]);
    const kept = all.classNames.filter((name) => !without.includes(name));
    return pickClasses(all, kept);
  };
  return { train: await read("train"), validation: await read("validation"), test: await read("test") };
}
