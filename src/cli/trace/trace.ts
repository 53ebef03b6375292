import { Command, Option } from "commander";
import { MODEL_HELP } from "../inputs/arguments";

const NOTES = `
The input has a tensor pixel_values [batch, channels, height, width] of values in [-1, 1]; others are passed over.
The output has, as transformers names and shapes them, in float32:
  logits                        [batch, classes]
  hidden_states.0 to .DEPTH     [batch, tokens, dim]   the embeddings, then the output of each block
  last_hidden_state             [batch, tokens, dim]   after the last layer normalization
  attentions.0 to .DEPTH-1      [batch, heads, tokens, tokens]

Example:
  vitlab trace vit-base-patch16-224 images.safetensors trace.safetensors`;

/** `vitlab trace`: everything a model computes of a batch, for other programs. */
export function traceCommand(): Command {
  return new Command("trace")
    .description("write what a model computes of images: logits, hidden states, attention")
    .argument("<model>", MODEL_HELP)
    .argument("<input>", "a safetensors file with pixel_values")
    .argument("<output>", "the safetensors file to write")
    .option("--interpolate-positions", "take images of another size, and stretch the positions over them")
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .addHelpText("after", NOTES)
    .action((folder: string, input: string, output: string, options) =>
      (require("./run-trace") as typeof import("./run-trace")).runTrace(folder, input, output, options),
    );
}
