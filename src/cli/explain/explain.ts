import { Command, Option } from "commander";
import { MODEL_HELP, orWord, wholeNumber } from "../inputs/arguments";
import { dataSource } from "../inputs/data-source";
import { METHODS } from "./methods";

const NOTES = `
Give a picture's file, or --data and --index for an image of a data set. What isn't asked for is as in the library: the last
block, all heads, the query that the head of the model reads, the class with the largest logit. What a method takes:
${Object.entries(METHODS)
  .map(([name, questions]) => `  ${name.padEnd(20)}${questions.map((question) => `--${question}`).join(" ")}`.trimEnd())
  .join("\n")}

What --out writes goes by its ending: a figure (.png, .svg), or the numbers (.json, .csv: a line each, with their places).
With --json, stdout has one object:
  {"model":…,"image":…,"class":…,"className":…,"method":…,"unit":…,"axes":[{"name":…,"labels":[…]},…],"shape":[…],"data":[…],"notes":[…],"uniform":…}
class is the one that is explained, or that the model answers.

Examples:
  vitlab explain vit-cifar10 photo.jpg --method relevance --out relevance.png
  vitlab explain vit-needle --data needle --index 3 --method logit-lens --json`;

/** `vitlab explain`: what a model looked at, when it decided, which part did it. */
export function explainCommand(): Command {
  return new Command("explain")
    .description("say what a model looked at, when it decided and which part did it, for one image")
    .argument("<model>", MODEL_HELP)
    .argument("[image]", "a PNG, JPEG, BMP, GIF or TIFF file")
    .addOption(new Option("--method <name>", "how").choices(Object.keys(METHODS)).default("relevance"))
    .option(
      "--data <source>",
      "cifar10, shapes, needle, or folder:PATH, for an image of it instead of a file",
      dataSource,
    )
    .addOption(
      new Option("--split <name>", "which part of the data; all is for folders")
        .choices(["train", "validation", "test", "all"])
        .default("test"),
    )
    .option("--index <n>", "which image of the data, counted from 0", wholeNumber(0), 0)
    .option("--block <n>", "which block, counted from 0", wholeNumber(0))
    .option("--head <n>", "which head, counted from 0, or mean of all", orWord("mean"))
    .option("--query <patch>", "a patch counted from 0, class for the class token, or mean", orWord("class", "mean"))
    .option("--class <n>", "the class that is explained, counted from 0", wholeNumber(0))
    .option("--out <file>", "what to write: .png, .svg, .json or .csv")
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string, image: string | undefined, options) =>
      (require("./run-explain") as typeof import("./run-explain")).runExplain(folder, image, options),
    );
}
