import { Command, Option } from "commander";
import { MODEL_HELP } from "../inputs/arguments";

const NOTES = `
huggingface       a folder that transformers opens as ViTForImageClassification
torch-simple-vit  a safetensors file, the state_dict of the article's PyTorch program:
                  model.load_state_dict(safetensors.torch.load_file(path))
vitlab            a folder that loadCheckpoint opens, any architecture, without what training needs to go on

Examples:
  vitlab export runs/small small-vit
  vitlab export runs/article article.safetensors --format torch-simple-vit
  vitlab export runs/article article-f16 --format vitlab --dtype F16`;

/** `vitlab export`: a model for other programs. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write a model for other programs: transformers, or the article's PyTorch program")
    .argument("<model>", MODEL_HELP)
    .argument("<output>", "the folder or file to write")
    .addOption(
      new Option("--format <name>", "what to write")
        .choices(["huggingface", "torch-simple-vit", "vitlab"])
        .default("huggingface"),
    )
    .addOption(
      new Option("--dtype <type>", "type of the numbers (default: as they are)").choices(["F32", "F16", "BF16"]),
    )
    .option("--overwrite", "replace what is there")
    .addHelpText("after", NOTES)
    .action((folder: string, output: string, options) =>
      (require("./run-export") as typeof import("./run-export")).runExport(folder, output, options),
    );
}
