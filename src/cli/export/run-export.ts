import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { VitlabError } from "../../base/error";
import { checkUnlocked, whileLocked } from "../../base/node/folder-lock";
import type { WeightType } from "../../base/safetensors-numbers";
import { saveSafetensors } from "../../hub/safetensors-file";
import { saveViT } from "../../hub/save-vit";
import { toTorchSimpleViT } from "../../hub/torch-simple-vit";
import { rememberHub } from "../../recipes/hub-memory";
import { useEngine } from "../../tensor/node/engine";
import { saveCheckpoint } from "../../train/checkpoint/model-checkpoint";
import { openModel } from "../inputs/open-model";
import { printLine } from "../terminal/output";

/** The options of `vitlab export`. */
export interface ExportArguments {
  format: "huggingface" | "torch-simple-vit" | "vitlab";
  dtype?: WeightType;
  overwrite?: boolean;
}

const OPENS: Readonly<Record<ExportArguments["format"], string>> = {
  huggingface: "transformers opens it",
  "torch-simple-vit": "PyTorch opens it with safetensors.torch",
  vitlab: "loadCheckpoint opens it",
};

/** Writes a model for other programs, or for vitlab in fewer bits. */
export async function runExport(folder: string, output: string, args: ExportArguments): Promise<void> {
  if (!args.overwrite && isUsed(output))
    throw new VitlabError(`${output} is there already: replace it (--overwrite), or choose another name`);
  await useEngine(undefined, { quiet: true });
  const given = await openModel(folder, printLine, { trainedHead: true });
  const { model, classNames, config, processor } = given;
  const { dtype = given.dtype } = args;
  if (args.format === "torch-simple-vit") {
    checkUnlocked(dirname(output), args);
    await saveSafetensors(output, toTorchSimpleViT(model), { dtype, metadata: { format: "pt" }, digest: true });
  } else
    await whileLocked(
      output,
      () => {
        if (args.format === "huggingface") return saveViT(model, output, { classNames, dtype, config, processor });
        const about = { ...given.about, ...rememberHub(given, model) };
        return saveCheckpoint(output, model, { classNames, about, dtype });
      },
      { overwrite: args.overwrite, shared: true },
    );
  printLine(
    `wrote ${output}: ${model.parameterCount().total.toLocaleString("en-US")} parameters as ${dtype}; ${OPENS[args.format]}`,
  );
}

function isUsed(path: string): boolean {
  return existsSync(path) && !(statSync(path).isDirectory() && readdirSync(path).length === 0);
}
