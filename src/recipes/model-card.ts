import { forMarkdown, plainJson } from "../base/plain-text";
import type { Initialization } from "../nn/initial";
import { percent } from "../train/percent";
import { duration } from "../train/plan";
import { recipeByName } from "./by-name";
import type { ModelRecipe } from "./model-recipe";
import type { CurvePoint, RecipeReport } from "./report";

/** The model card of a report: README.md as model hubs read it, with YAML front matter. */
export function modelCard(report: RecipeReport): string {
  const { recipe, classNames, images, parameters, engine, curve, seconds, test, baselines } = report;
  const { name, summary, model, data } = recipe;
  const usual = recipeByName(name);
  const cifar = data === "cifar10";
  const { title, dataset } = DATA[data];
  const whole = (n: number) => n.toLocaleString("en-US");
  const left = recipe.without.length > 0 ? ` without ${recipe.without.map(forMarkdown).join(" and ")}` : "";
  const best = curve.at(-1);
  const front = [
    "---",
    "license: mit",
    "library_name: transformers",
    "pipeline_tag: image-classification",
    "tags:",
    "- vision",
    "- vit",
    "- vitlab",
    ...(cifar ? ["datasets:", "- cifar10"] : []),
    "metrics:",
    "- accuracy",
    "model-index:",
    `- name: ${name}`,
    "  results:",
    "  - task:",
    "      type: image-classification",
    "    dataset:",
    `      name: ${yaml(`${title}${left}`)}`,
    `      type: ${data}`,
    "      split: test",
    "    metrics:",
    "    - type: accuracy",
    `      value: ${test.accuracy}`,
    "---",
  ];
  const rows: [string, string][] = [[`**${name}**, ${whole(parameters)} parameters`, `**${percent(test.accuracy)}**`]];
  if (baselines) {
    const { articleModel, linearOnPixels, chance } = baselines;
    rows.push(
      [
        `the article's SimpleViT, ${whole(articleModel.parameters)} parameters, ${articleModel.epochs} epochs of its recipe`,
        percent(articleModel.testAccuracy),
      ],
      [`a linear classifier on pixels, ${linearOnPixels.epochs} epochs`, percent(linearOnPixels.testAccuracy)],
      ["guessing", percent(chance)],
    );
  }
  const perClass = test.perClass.map(({ className, accuracy }) => `${forMarkdown(className)} ${percent(accuracy)}`);
  return `${front.join("\n")}

# ${name}

${forMarkdown(summary)}

| on the ${whole(images.test)} test images | accuracy |
|---|---|
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}

By class: ${perClass.join(", ")}. Mean cross-entropy on the test images ${test.loss.toFixed(3)}.

## What it is

A plain pre-norm Vision Transformer (\`ViTForImageClassification\`): ${String(model.imageSize)}x${String(model.imageSize)} pixels in patches of ${model.patchSize}x${model.patchSize}, dim ${model.dim}, ${model.depth} blocks, ${model.heads} heads, MLP ${model.mlpDim}, class token, learned positions. Classes: ${classNames.map(forMarkdown).join(", ")}.

Images go in with values in [-1, 1] (mean 0.5, std 0.5).

## How it was trained

On ${whole(images.train)} images of ${dataset}${left}; ${whole(images.validation)} more were held out and measured after each epoch; nothing was chosen by the test images. The test images were measured once, at the end.${usual.chosen ? ` ${usual.chosen}` : ""}

    ${commandOf(recipe)}

${recipeLines(report).join("\n")}
- time: ${duration(seconds)} on engine ${forMarkdown(engine)}; seed ${recipe.seed} of weights, order and augmentation

After the last epoch: training loss ${best?.trainLoss.toFixed(3)} (of augmented images${recipe.labelSmoothing > 0 ? " with smoothed targets" : ""}), validation accuracy ${percent(best?.validationAccuracy ?? Number.NaN)}.

| epoch | training loss | validation loss | validation accuracy |
|---|---|---|---|
${curveRows(curve).join("\n")}

The whole curve, and what the figures above came from, is in \`report.json\`.

## Limits

It was made for teaching. It knows images of 32x32 pixels and its ${classNames.length} classes, and gives one of them for any image at all. ${
    cifar
      ? "CIFAR-10 was collected from the web in 2008; what it is not diverse in, the model doesn't know."
      : "It has seen drawings alone; photographs mean nothing to it."
  } One seed was trained: another would differ by some tenths of a point.

Licence: MIT, as the project.${cifar ? " CIFAR-10 is by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton (Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009)." : ""}
`;
}

/** What the data of recipes are called: alone, and in a sentence. */
const DATA: Readonly<Record<ModelRecipe["data"], { title: string; dataset: string }>> = {
  cifar10: { title: "CIFAR-10", dataset: "CIFAR-10" },
  "shapes-v1": { title: "shapes, version 1", dataset: "the drawn data set *shapes*, version 1" },
  "shapes-v2": { title: "shapes, version 2", dataset: "the drawn data set *shapes*, version 2" },
  needle: { title: "needle", dataset: "the drawn data set *needle*" },
};

const STARTS: Readonly<Record<Initialization, string>> = {
  vit: "truncated normal of deviation 0.02",
  torch: "those of torch.nn",
  mimetic:
    "mimetic: in attention query times key near the identity, value times projection near minus the identity, positions as sines (Trockman and Kolter, 2023); else truncated normal of deviation 0.02",
};

const OPTIMIZERS: Readonly<Record<ModelRecipe["optimizer"], string>> = {
  adamw: "AdamW",
  muon: "Muon for the matrices of the blocks (Jordan et al., 2024), AdamW for all else",
};

/** How to train it anew: the recipe's name, and what was set beside it. */
function commandOf({ name, epochs, seed, model, optimizer, learningRate }: RecipeReport["recipe"]): string {
  const usual = recipeByName(name);
  const initialization = model.initialization ?? "vit";
  const more = [
    ...(epochs === usual.epochs ? [] : [`--epochs ${epochs}`]),
    ...(seed === usual.seed ? [] : [`--seed ${seed}`]),
    ...(initialization === (usual.model.initialization ?? "vit") ? [] : [`--initialization ${initialization}`]),
    ...(optimizer === usual.optimizer ? [] : [`--optimizer ${optimizer}`]),
    ...(learningRate === usual.learningRate ? [] : [`--learning-rate ${learningRate}`]),
  ];
  return ["npx vitlab models train", name, ...more].join(" ");
}

function recipeLines({ recipe }: RecipeReport): string[] {
  const { epochs, batchSize, learningRate, weightDecay, warmupEpochs, labelSmoothing, clipNorm, ema, model } = recipe;
  const named = (options: object) =>
    Object.entries(options)
      .map(([name, value]) => (value === true ? name : `${name} ${value}`))
      .join(", ");
  const mixed = recipe.mix ? `; mixed in pairs: ${named(recipe.mix)}` : "";
  return [
    `- starting weights: ${STARTS[model.initialization ?? "vit"]}`,
    `- ${OPTIMIZERS[recipe.optimizer]}, learning rate ${learningRate} after ${warmupEpochs} ${warmupEpochs === 1 ? "epoch" : "epochs"} of warm-up, then a cosine to 0; weight decay ${weightDecay} on matrices; ${epochs} epochs in batches of ${batchSize}`,
    `- label smoothing ${labelSmoothing}, gradients of at most length ${clipNorm}, stochastic depth ${model.dropPath ?? 0}, weights averaged with decay ${ema}`,
    `- augmentation: ${named(recipe.augment)}${mixed}`,
  ];
}

/** A dozen rows at most, the last epoch among them. */
function curveRows(curve: readonly CurvePoint[]): string[] {
  const step = Math.max(1, Math.ceil(curve.length / 11));
  return curve
    .filter((_, i) => i % step === 0 || i === curve.length - 1)
    .map(
      ({ epoch, trainLoss, validationLoss, validationAccuracy }) =>
        `| ${epoch} | ${trainLoss.toFixed(3)} | ${validationLoss?.toFixed(3) ?? "–"} | ${percent(validationAccuracy ?? Number.NaN)} |`,
    );
}

/** A text for a field of YAML: as it is where it is words, else in quotes, as JSON has them. */
function yaml(text: string): string {
  return /^[\p{L}\p{N}][\p{L}\p{N} -]*$/u.test(text) ? text : plainJson(text);
}
