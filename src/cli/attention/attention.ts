import { Command, Option } from "commander";
import { MODEL_HELP, orWord, wholeNumber } from "../inputs/arguments";

const NOTES = `
The picture shows the photograph, and beside it where the query looks: the brighter, the more attention. What the
model's image processor cuts off is dim. Blocks, heads and patches are counted from 0, patches row by row.

With --json, stdout has one object:
  {"file":…,"out":…,"className":…,"class":…,"probability":…,"block":…,"head":…,"query":…,"rows":…,"columns":…,
   "weights":[…],"classToken":…,"most":{"patch":…,"row":…,"column":…,"weight":…},"seen":{"left":…,"top":…,"width":…,"height":…}}
weights has one number a patch, row by row; with the class token's (and other such tokens') they add up to 1. seen is
the part of the photograph that the model saw, in its pixels.

Example:
  vitlab attention vit-cifar10 photo.jpg --out attention.png`;

/** `vitlab attention`: where a model looks in a photograph. */
export function attentionCommand(): Command {
  return new Command("attention")
    .description("draw where a model looks in a photograph of any size")
    .argument("<model>", MODEL_HELP)
    .argument("<image>", "a PNG, JPEG, BMP, GIF or TIFF file")
    .option("--out <file>", "the picture to write, .png or .svg; --json does without")
    .option("--block <n>", "which block, counted from 0 (default: the last)", wholeNumber(0))
    .option("--head <n>", "which head, counted from 0, or mean of all", orWord("mean"), "mean")
    .option(
      "--query <patch>",
      "who looks: a patch counted from 0, or class for the class token",
      orWord("class"),
      "class",
    )
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--json", "one JSON object on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string, image: string, options) =>
      (require("./run-attention") as typeof import("./run-attention")).runAttention(folder, image, options),
    );
}
