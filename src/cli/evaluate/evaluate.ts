import { Command, Option } from "commander";
import { MODEL_HELP, nameList, precisionOption, wholeNumber } from "../inputs/arguments";
import { DATA_HELP, dataSource } from "../inputs/data-source";

const NOTES = `
Images are matched with the model's classes by the names of their folders, some of which may be missing; a folder of a
class that the model doesn't know is refused. Where the model doesn't name its classes there have to be as many folders,
and the first is taken for its first class.

With --json, stdout has one object:
  {"split":"test","testAccuracy":…,"testLoss":…,"images":…,"majorityAccuracy":…,
   "perClass":[{"className":…,"count":…,"accuracy":…},…],"mostConfused":[{"truth":…,"predicted":…,"count":…},…],
   "confusion":[[…],…]}
Accuracies are shares from 0 to 1, null for a class without images; majorityAccuracy is that of guessing the commonest class.
perClass is in the order of the model's classes, confusion[label][predicted] counts images and is null for more than 100
classes; mostConfused has the 100 most frequent pairs of classes. Without --json, of more than 100 classes the 20 worst.

Examples:
  vitlab evaluate runs/article --data cifar10 --split test
  vitlab evaluate runs/pets --data folder:photos --split all --classes cat,dog`;

/** `vitlab evaluate`: measures a saved model. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("measure a saved model on a data set")
    .argument("<model>", MODEL_HELP)
    .option("--data <source>", `${DATA_HELP} (default: what it was trained on)`, dataSource)
    .addOption(
      new Option("--split <name>", "which part; all is for folders")
        .choices(["train", "validation", "test", "all"])
        .default("test"),
    )
    .option("--classes <names>", "only these classes of the images, such as cat,dog", nameList)
    .option("--count <n>", "so many of the images only, each class as often as in all", wholeNumber(1))
    .option("--batch-size <n>", "images at a time; changes the numbers by rounding only", wholeNumber(1), 100)
    .addOption(precisionOption())
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string, options) =>
      (require("./run-evaluate") as typeof import("./run-evaluate")).runEvaluate(folder, options),
    );
}
