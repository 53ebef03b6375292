import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { writeFileAtomic } from "../base/node/atomic-file";
import { SafetensorsFile } from "../base/node/safetensors-file";
import { encodeSafetensors } from "../base/node/safetensors-writer";
import { WEIGHT_TYPES, type WeightType } from "../base/safetensors-numbers";
import type { StateDict } from "../nn/module";

/** How `loadSafetensors` reads. */
export interface LoadSafetensorsOptions {
  /** What tells of tensors that were left out. Default `console.log`. */
  say?: (text: string) => void;
}

/**
 * Reads the tensors of a safetensors file by name; F64, F16 and BF16 numbers become float32. Tensors of other numbers, such as
 * the integers of position ids, are left out and named.
 *
 * @throws VitlabError when the file is missing, not a whole safetensors file, or has another SHA-256 than it was written with.
 */
export async function loadSafetensors(file: string, options: LoadSafetensorsOptions = {}): Promise<StateDict> {
  checkOptions("loadSafetensors", options, { say: true });
  const { say = console.log } = options;
  const open = await SafetensorsFile.open(file);
  try {
    await open.verify();
    const tensors: StateDict = {};
    const others: string[] = [];
    for (const name of open.names()) {
      if (open.isReadable(name)) tensors[name] = await open.read(name);
      else others.push(`${name} (${open.entry(name)?.dtype})`);
    }
    if (others.length > 0) {
      const more = others.length > 5 ? ` and ${others.length - 5} more tensors` : "";
      say(
        `${file}: left out ${others.slice(0, 5).join(", ")}${more}, whose numbers are no floating-point ones of 16 bits or more`,
      );
    }
    return tensors;
  } finally {
    await open.close();
  }
}

/** How `saveSafetensors` writes. */
export interface SaveSafetensorsOptions {
  /** "F32", or half the size: "F16" or "BF16", each number rounded to the nearest. Default "F32". */
  dtype?: WeightType;
  /** Text by name, for the file's `__metadata__`. */
  metadata?: Readonly<Record<string, string>>;
  /** Write the SHA-256 of the content into `__metadata__` too, which `loadSafetensors` holds it against. Default false. */
  digest?: boolean;
}

/**
 * Writes tensors into a safetensors file, whole or not at all.
 *
 * @throws VitlabError when a tensor's data don't fill its shape, or the file can't be written.
 *
 * @example
 * ```ts
 * import { loadSafetensors, saveSafetensors } from "vitlab";
 *
 * const numbers = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
 * await saveSafetensors("numbers.safetensors", { numbers }, { dtype: "F16" });
 * console.log(await loadSafetensors("numbers.safetensors"));
 * // { numbers: { shape: [ 2, 2 ], data: Float32Array(4) [ 1, 2, 3, 4 ] } }
 * ```
 */
export async function saveSafetensors(
  file: string,
  tensors: StateDict,
  options: SaveSafetensorsOptions = {},
): Promise<void> {
  checkOptions("saveSafetensors", options, { dtype: true, metadata: true, digest: true });
  const { dtype = "F32", metadata, digest = false } = options;
  checkWeightType(dtype);
  await writeFileAtomic(file, encodeSafetensors(tensors, metadata, { dtype, digest }));
}

/** @throws VitlabError when weights can't be written in numbers of that type. */
export function checkWeightType(dtype: unknown): asserts dtype is WeightType {
  if (!(WEIGHT_TYPES as readonly unknown[]).includes(dtype))
    throw new VitlabError(`dtype is ${show(dtype)}: it must be one of ${WEIGHT_TYPES.join(", ")}`);
}
