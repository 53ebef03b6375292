import fs from "node:fs/promises";
import type { StateDict } from "../nn/module";
import { writeFileAtomic } from "../tensor/atomic-file";
import { VitlabError } from "../tensor/error";
import { decodeSafetensors, encodeSafetensors } from "../tensor/safetensors";

/**
 * Reads the tensors of a safetensors file by name; F64, F16 and BF16 numbers become float32.
 *
 * @throws VitlabError when the file is missing, or not a whole safetensors file.
 */
export async function loadSafetensors(file: string): Promise<StateDict> {
  let bytes: Buffer;
  try {
    bytes = await fs.readFile(file);
  } catch (error) {
    throw new VitlabError(`${file} can't be read: ${(error as Error).message}`);
  }
  return decodeSafetensors(bytes, file).tensors;
}

/** Writes tensors into a safetensors file, whole or not at all. */
export async function saveSafetensors(file: string, tensors: StateDict): Promise<void> {
  await writeFileAtomic(file, encodeSafetensors(tensors));
}
