import { VitlabError } from "../base/error";
import type { ModelRecipe } from "./model-recipe";
import { vitCifar8 } from "./vit-cifar8";
import { vitCifar10 } from "./vit-cifar10";
import { vitCifar10B } from "./vit-cifar10-b";
import { vitCifar10Quick } from "./vit-cifar10-quick";
import { vitNeedle } from "./vit-needle";
import { vitShapes } from "./vit-shapes";

/** The recipes of the project's own models. */
export const RECIPES: readonly ModelRecipe[] = [
  vitCifar10,
  vitCifar10B,
  vitCifar10Quick,
  vitCifar8,
  vitShapes,
  vitNeedle,
];

/** @throws VitlabError when there is no recipe of this name. */
export function recipeByName(name: string): ModelRecipe {
  const recipe = RECIPES.find((recipe) => recipe.name === name);
  if (!recipe)
    throw new VitlabError(`there is no recipe ${name}: give one of ${RECIPES.map(({ name }) => name).join(", ")}`);
  return recipe;
}
