import { expect, it } from "vitest";
import { completeConfig } from "../../src/vit/complete-config";
import { ViT } from "../../src/vit/model";
import { parameterCount } from "../../src/vit/parameter-count";
import { presets } from "../../src/vit/presets";

it.each(["articleSimpleViT", "tiny"] as const)(
  "counts the parameters of %s as the model does, part by part",
  (name) => {
    const model = new ViT(presets[name]);
    expect(parameterCount(completeConfig(presets[name]))).toEqual(model.parameterCount());
    model.dispose();
  },
);
