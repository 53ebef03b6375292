import { headerLength, parseHeader } from "../../../base/safetensors-header";
import { decodeNumbers } from "../../../base/safetensors-numbers";
import type { StateDict } from "../../../nn/module";

/**
 * The weights in the bytes of a safetensors file.
 *
 * @throws VitlabError when they aren't whole.
 */
export function readWeights(bytes: Uint8Array): StateDict {
  const what = "the page's model";
  const start = 8 + headerLength(bytes, bytes.length, what);
  const body = bytes.subarray(start);
  const { entries } = parseHeader(bytes.subarray(8, start), body.length, what);
  return Object.fromEntries(
    [...entries].map(([name, entry]) => [
      name,
      { shape: entry.shape, data: decodeNumbers(body.subarray(...entry.span), entry, `${what}, ${name},`) },
    ]),
  );
}
