import { Command } from "commander";

const NOTES = `
It puts @tensorflow/tfjs-node beside vitlab, in the package.json of the project as an optional dependency, fetches TensorFlow's
library, and compiles what joins it to Node.js and the operations of a Transformer for this processor. What takes long is kept
in ~/.cache/vitlab (VITLAB_CACHE) for other projects. Where that can't be done it says in a sentence what is missing, and the
engine stays wasm.

Example:
  npx vitlab setup && npx vitlab doctor`;

/** `vitlab setup`: brings the native engine into the project that vitlab is installed in. */
export function setupCommand(): Command {
  return new Command("setup")
    .description("bring the native engine, several times as fast as wasm, into this project")
    .addHelpText("after", NOTES)
    .action(() => (require("./run-setup") as typeof import("./run-setup")).runSetup());
}
