import { Command, Option } from "commander";
import { MODEL_HELP, nameList, wholeNumber } from "../inputs/arguments";
import { dataSource } from "../inputs/data-source";

const NOTES = `
Deletion covers the patches that a map calls important, the most important first, with the image's mean color, and takes the
mean probability of the class that the model gives the whole image; insertion uncovers them. A map is good where deletion is
low and insertion high. like occlusion: Spearman's correlation of the ranks. random weights: the same between the maps and
those of the model with random weights; a method whose maps hardly change doesn't explain the model. Where the data set
knows which patches matter (needle, shapes): how often the largest number is at one, and which share of them is found among
as many of the largest. ± is half of the 95 % interval.

What --out writes goes by its ending: the figure (.png, .svg), or the numbers (.json, .csv: a line each).
With --json, stdout has one object:
  {"model":…,"data":…,"split":…,"count":…,"against":…,"chance":…,"settings":{…},
   "methods":[{"method":…,"baseline":…,"images":…,"deletion":{"mean":…,"low":…,"high":…},"insertion":{…},"agreement":{…},
     "points":{…},"finds":{…},"randomized":[{"label":…,"spearman":…},…]},…],
   "agreement":[[…],…]}
agreement is the mean Spearman correlation of each two methods, in their order; what isn't known is null.

Examples:
  vitlab judge vit-cifar10 --data cifar10 --count 120
  vitlab judge vit-needle --data needle --count 1000 --json`;

/** `vitlab judge`: how far explanations of a model can be trusted. */
export function judgeCommand(): Command {
  return new Command("judge")
    .description("say how far each explanation of a model can be trusted")
    .argument("<model>", MODEL_HELP)
    .option(
      "--data <source>",
      "cifar10, shapes, needle, or folder:PATH with one sub-folder a class (default: what it was trained on, where the model tells)",
      dataSource,
    )
    .addOption(
      new Option("--split <name>", "which part; all is for folders")
        .choices(["train", "validation", "test", "all"])
        .default("test"),
    )
    .option("--count <n>", "so many images, the first", wholeNumber(2), 120)
    .option("--methods <names>", "only these, such as attention,relevance (default: all)", nameList)
    .option("--seed <n>", "of the random map and of random weights", wholeNumber(0), 1)
    .option("--sanity <n>", "images that are explained again with random weights; 0 for none", wholeNumber(0), 24)
    .option("--out <file>", "what to write: .png, .svg, .json or .csv")
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string, options) =>
      (require("./run-judge") as typeof import("./run-judge")).runJudge(folder, options),
    );
}
