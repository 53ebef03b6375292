import type { Tensor4D } from "@tensorflow/tfjs-core";
import { decodeNumbers, encodeNumbers, type WeightType } from "../../base/safetensors-numbers";
import { dataOf } from "../../tensor/data-of";
import { ViT } from "../../vit/model";

/** How much an answer to some images changes at most when the weights are rounded to a type of numbers. */
export function roundingOf(model: ViT, images: Tensor4D, dtype: WeightType): number {
  if (dtype === "F32") return 0;
  const rounded = new ViT(model.config, { seed: null });
  try {
    const state = Object.entries(model.stateDict()).map(([name, { shape, data }]) => {
      const { buffer, byteOffset, byteLength } = encodeNumbers(data, dtype);
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      return [name, { shape, data: decodeNumbers(bytes, { dtype, shape, span: [0, byteLength] }, name) }] as const;
    });
    rounded.loadStateDict(Object.fromEntries(state));
    const [before, after] = [model, rounded].map((one) => dataOf(() => one.predict(images))) as [
      Float32Array,
      Float32Array,
    ];
    return before.reduce((most, value, i) => Math.max(most, Math.abs(value - after[i]!)), 0);
  } finally {
    rounded.dispose();
  }
}
