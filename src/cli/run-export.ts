import { existsSync, readdirSync, statSync } from "node:fs";
import { saveSafetensors } from "../hub/safetensors-file";
import { saveViT } from "../hub/save-vit";
import { toTorchSimpleViT } from "../hub/torch-simple-vit";
import { useEngine } from "../tensor/engine";
import { VitlabError } from "../tensor/error";
import type { WeightType } from "../tensor/safetensors";
import { loadModel } from "./load-model";

/** The options of `vitlab export`. */
export interface ExportArguments {
  format: "huggingface" | "torch-simple-vit";
  dtype?: WeightType;
  overwrite?: boolean;
}

/** Writes a model for other programs. */
export async function runExport(folder: string, output: string, args: ExportArguments): Promise<void> {
  if (!args.overwrite && isUsed(output))
    throw new VitlabError(`${output} is there already: replace it (--overwrite), or choose another name`);
  await useEngine(undefined, { quiet: true });
  const { model, labels, config, processor, ...given } = await loadModel(folder, console.log);
  const { dtype = given.dtype } = args;
  if (args.format === "huggingface") await saveViT(model, output, { labels, dtype, config, processor });
  else await saveSafetensors(output, toTorchSimpleViT(model), { dtype, metadata: { format: "pt" } });
  const opens = args.format === "huggingface" ? "transformers opens it" : "PyTorch opens it with safetensors.torch";
  console.log(
    `wrote ${output}: ${model.parameterCount().total.toLocaleString("en-US")} parameters as ${dtype}; ${opens}`,
  );
}

function isUsed(path: string): boolean {
  return existsSync(path) && !(statSync(path).isDirectory() && readdirSync(path).length === 0);
}
