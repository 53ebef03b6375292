import { describe, expect, it } from "vitest";
import { ViT } from "../../src/vit/model";
import { withNewHead } from "../../src/vit/new-head";

const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };

describe("withNewHead", () => {
  it("keeps every weight but those of the head, which it draws by its seed", () => {
    const model = new ViT(config, { seed: 1 });
    const [one, same, other] = [2, 2, 3].map((seed) => withNewHead(model, 5, { seed })) as [ViT, ViT, ViT];
    const before = model.stateDict();
    for (const [name, { data }] of Object.entries(one.stateDict()))
      if (!name.startsWith("head.")) expect(data, name).toEqual(before[name]?.data);
    expect(one.config).toEqual({ ...model.config, classes: 5 });
    expect(one.stateDict()["head.weight"]?.shape).toEqual([8, 5]);
    expect(same.stateDict()).toEqual(one.stateDict());
    expect(other.stateDict()["head.weight"]).not.toEqual(one.stateDict()["head.weight"]);
    expect(model.stateDict()).toEqual(before);
    for (const each of [model, one, same, other]) each.dispose();
  });

  it("takes other dropout on the way, and a whole number of classes", () => {
    const model = new ViT(config);
    const copy = withNewHead(model, 3, { config: { dropPath: 0.1 } });
    expect(copy.config.dropPath).toBe(0.1);
    expect(() => withNewHead(model, 0)).toThrow("a head of 0 classes can't be made: give a whole number, 1 or more");
    copy.dispose();
    model.dispose();
  });
});
