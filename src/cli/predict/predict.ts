import { Command, Option } from "commander";
import { MODEL_HELP, precisionOption, wholeNumber } from "../inputs/arguments";

const NOTES = `
With --json, stdout has one object:
  {"predictions":[{"file":…,"className":…,"class":…,"probability":…,"classNames":[…],"probabilities":[…]},…]}
class is the number of the likeliest class, from 0, className and probability are its own. classNames and probabilities have one entry
a class, in the order of the model's classes: probabilities[i] is that of classNames[i]. They go from 0 to 1 and add up to 1. Of a
model that tells of each class by itself (problem_type multi_label_classification, or one class) they don't add up to 1; of a
regression the prediction is {"file":…,"classNames":[…],"values":[…]}.

Example:
  vitlab predict article-shapes photo.jpg`;

/** `vitlab predict`: what a model sees in pictures. */
export function predictCommand(): Command {
  return new Command("predict")
    .description("say what a model sees in pictures: class probabilities")
    .argument("<model>", MODEL_HELP)
    .argument("<images...>", "PNG, JPEG, BMP, GIF or TIFF files")
    .option("--top <n>", "how many classes to name for each picture; --json has all", wholeNumber(1), 5)
    .addOption(precisionOption())
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string, images: string[], options) =>
      (require("./run-predict") as typeof import("./run-predict")).runPredict(folder, images, options),
    );
}
