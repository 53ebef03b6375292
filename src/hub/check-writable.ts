import { VitlabError } from "../base/error";
import type { WeightType } from "../base/safetensors-numbers";

/** The largest numbers that don't round to infinity. */
const LIMITS: Readonly<Record<WeightType, number>> = { F32: 3.4028235e38, F16: 65519.996, BF16: 3.3961775e38 };

/** @throws VitlabError when a number can't be written in the dtype, or is none. */
export function checkWritable(data: Float32Array, name: string, dtype: WeightType): Float32Array {
  const limit = LIMITS[dtype];
  for (let i = 0; i < data.length; i++)
    if (!(Math.abs(data[i] as number) <= limit))
      throw new VitlabError(
        Number.isFinite(data[i])
          ? `tensor ${name} holds ${data[i]}, which is too large for ${dtype}: write it as F32`
          : `tensor ${name} holds ${data[i]}: the training went wrong; go back to weights from before`,
      );
  return data;
}
