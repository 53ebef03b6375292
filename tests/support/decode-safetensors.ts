import { headerLength, parseHeader } from "../../src/base/safetensors-header";
import { decodeNumbers, type SafetensorsEntry } from "../../src/base/safetensors-numbers";

/** The tensors and metadata of a safetensors file in memory, as `SafetensorsFile` reads them from the disk. */
export function decodeSafetensors(bytes: Uint8Array, what = "the file") {
  const length = headerLength(bytes, bytes.length, what);
  const body = bytes.subarray(8 + length);
  const { entries, metadata } = parseHeader(bytes.subarray(8, 8 + length), body.length, what);
  const tensors: Record<string, SafetensorsEntry> = {};
  for (const [name, entry] of entries)
    tensors[name] = {
      shape: entry.shape,
      data: decodeNumbers(body.subarray(...entry.span), entry, `${what}: tensor ${name}`),
    };
  return { tensors, metadata };
}
