import { Command, Option } from "commander";
import { MODEL_HELP, wholeNumber } from "./arguments";
import { dataSource } from "./data-source";

const NOTES = `
With --json, stdout has one object: {"split":"test","testAccuracy":…,"testLoss":…,"images":…,"perClass":…,"confusion":…}.
Accuracies are shares from 0 to 1; confusion[label][predicted] counts images.

Example:
  vitlab evaluate runs/article --data cifar10 --split test`;

/** `vitlab evaluate`: measures a saved model. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("measure a saved model on a data set")
    .argument("<model>", MODEL_HELP)
    .option(
      "--data <source>",
      "cifar10, shapes, or folder:PATH with one sub-folder a class (default: what it was trained on)",
      dataSource,
    )
    .addOption(
      new Option("--split <name>", "which part; all is for folders")
        .choices(["train", "validation", "test", "all"])
        .default("test"),
    )
    .option("--count <n>", "so many of the images only, each class as often as in all", wholeNumber(1))
    .option("--batch, --batch-size <n>", "images at a time; changes the numbers by rounding only", wholeNumber(1), 100)
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string, options) =>
      (require("./run-evaluate") as typeof import("./run-evaluate")).runEvaluate(folder, options),
    );
}
