import { Command, Option } from "commander";
import { MODEL_HELP, wholeNumber } from "../inputs/arguments";

const NOTES = `
The page opens from the disk in any browser, without a kernel, a server or a network: it computes by itself, with the model
inside. Its reader looks at patches, tokens, blocks, heads and formulas, edits by hand, and drops pictures of their own on it.

Without --images it shows drawn images: of the data set that the model was trained on where that was drawn, else one of each
class of shapes. Of a folder it takes its pictures and those of its sub-folders, from each in turn.

With --json, stdout has one object:
  {"out":…,"bytes":…,"model":…,"images":[…],"leftOut":[{"file":…,"reason":…},…],"dtype":…,"rounding":…}
rounding is the largest change of an answer (a probability, or a regression's value) to these images that rounding the weights
to dtype makes.

Examples:
  vitlab explore vit-cifar10 --out explorer.html
  vitlab explore runs/photos --images photos --language zh --out explorer.html`;

/** `vitlab explore`: the explorer of a model as a page of its own. */
export function exploreCommand(): Command {
  return new Command("explore")
    .description("write the explorer of a model as one HTML file that computes by itself, offline")
    .argument("<model>", MODEL_HELP)
    .option("--out <file>", "the page to write, .html")
    .option("--images <dir>", "a folder of pictures, in sub-folders or not (default: drawn images)")
    .option("--count <n>", "how many images", wholeNumber(1), 10)
    .addOption(
      new Option("--language <name>", "of the page's words, to begin with (default: VITLAB_LANG, or en)").choices([
        "en",
        "zh",
      ]),
    )
    .addOption(
      new Option("--dtype <type>", "type of the numbers that the weights are rounded to")
        .choices(["F32", "F16", "BF16"])
        .default("F16"),
    )
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((model: string, options) =>
      (require("./run-explore") as typeof import("./run-explore")).runExplore(model, options),
    );
}
