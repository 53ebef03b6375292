import { Command, Option } from "commander";
import { anyWhole, positiveNumber, wholeNumber } from "../inputs/arguments";

const NOTES = `
Recipes: vit-cifar10 (all ten classes), vit-cifar10-b (the same within 1 PFLOP), vit-cifar10-quick (within 0.2), vit-cifar8 (without cat
and dog, to be fine-tuned on them), vit-shapes and vit-needle
(the drawn data sets). train writes the model and report.json (recipe, curve, test accuracy, time, seeds) into --out, then trains what the
result is held against: a linear classifier on pixels, and the article's model. Everything goes on with --resume. card writes
README.md, the model card, out of report.json.

Examples:
  vitlab models train vit-cifar10 --out runs/vit-cifar10
  vitlab models train vit-cifar10 --out runs/vit-cifar10 --resume
  vitlab models card runs/vit-cifar10
  vitlab export runs/vit-cifar10 vit-cifar10 --dtype F16 && vitlab models card runs/vit-cifar10 --out vit-cifar10
  vitlab models compare runs/vit-cifar8`;

/** `vitlab models`: trains the project's own models. */
export function modelsCommand(): Command {
  const run = () => require("./run-models") as typeof import("./run-models");
  const engine = () =>
    new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]);
  return new Command("models")
    .description("train the project's own models, and compare fine-tuning with training from scratch")
    .addCommand(
      new Command("train")
        .description("train a model by its recipe")
        .argument("<recipe>", "vit-cifar10, vit-cifar10-b, vit-cifar10-quick, vit-cifar8, vit-shapes or vit-needle")
        .option("--out <folder>", "where the run is saved (default: runs/ and the recipe's name)")
        .option("--epochs <n>", "instead of the recipe's", wholeNumber(1))
        .option("--seed <n>", "instead of the recipe's", anyWhole)
        .addOption(
          new Option("--initialization <name>", "starting weights instead of the recipe's").choices([
            "torch",
            "vit",
            "mimetic",
          ]),
        )
        .addOption(new Option("--optimizer <name>", "instead of the recipe's").choices(["adamw", "muon"]))
        .option("--learning-rate <rate>", "instead of the recipe's", positiveNumber)
        .option("--train-count <n>", "train on so many images only, to try a recipe out", wholeNumber(1))
        .option("--no-baselines", "leave out the linear classifier and the article's model")
        .option("--save-every <seconds>", "longest time between two saves", positiveNumber, 60)
        .addOption(engine())
        .addOption(new Option("--resume", "go on with the run in --out").conflicts("overwrite"))
        .option("--overwrite", "replace the run in --out")
        .option("--json", "one JSON object a line on stdout, everything else on stderr")
        .action((recipe: string, options) => run().runTrainRecipe(recipe, options)),
    )
    .addCommand(
      new Command("card")
        .description("write the model card, README.md, out of report.json")
        .argument("<folder>", "what `vitlab models train --out` wrote")
        .option("--out <folder>", "write it there, and a copy of report.json: where vitlab export put the model")
        .action((folder: string, options) => run().runCard(folder, options)),
    )
    .addCommand(
      new Command("compare")
        .description("fine-tune a model on a few cats and dogs, and train it from scratch on the same images")
        .argument("<folder>", "the model, such as runs/vit-cifar8")
        .option("--count <n>", "training images in all", wholeNumber(2), 1000)
        .option("--epochs <n>", "of both ways", wholeNumber(1), 30)
        .option("--seeds <n>", "how many seeds: 0, 1, …", wholeNumber(1), 3)
        .option("--out <file>", "also write the result as JSON")
        .addOption(engine())
        .option("--json", "the result as JSON on stdout, everything else on stderr")
        .action((folder: string, options) => run().runCompare(folder, options)),
    )
    .addHelpText("after", NOTES);
}
