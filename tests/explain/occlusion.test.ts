import { expect, it } from "vitest";
import { Explanation } from "../../src/explain/explanation";
import { occlusion } from "../../src/explain/intervening/occlusion";
import { curveAreas, deletionCurve, insertionCurve } from "../../src/explain/judge/perturbation";
import { canvasOf } from "../../src/explain/paint";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { golden, images, model, withGoldenModel } from "./golden-model";

onEveryEngine("covering patches", () => {
  withGoldenModel();

  it("drops the probability as in PyTorch, for the mean color and for gray", () => {
    const { colors } = canvasOf(images, "mean");
    golden.expectClose(
      "occlusion/mean_colour",
      colors.flatMap((color) => [...color]),
    );
    golden.expectClose("occlusion/mean/drop", expectNoLeak(() => occlusion(model, images)).data);
    golden.expectClose("occlusion/zero/drop", occlusion(model, images, { color: 0 }).data);
  });

  it("makes the reference's deletion and insertion curves, and areas by each rule", () => {
    const axes = [{ name: "image" }, { name: "row" }, { name: "column" }];
    const map = new Explanation({
      method: "a map",
      unit: "none",
      axes,
      shape: [2, 6, 4],
      data: golden.data("curves/map"),
    });
    for (const [name, curve] of [
      ["deletion", deletionCurve],
      ["insertion", insertionCurve],
    ] as const) {
      const found = expectNoLeak(() => curve(model, images, map));
      golden.expectClose(`${name}/curve`, found.data);
      golden.expectClose(`${name}/area_mean`, curveAreas(found, 24));
      golden.expectClose(`${name}/area_trapezium`, curveAreas(found, 24, "trapezium"));
      golden.expectClose(`${name}/area_trapezium_even`, curveAreas(found, 24, "evenTrapezium"));
    }
  });

  it("cuts a window off at the border, as captum does", () => {
    const map = occlusion(model, images, { window: [7, 5], stride: 3 });
    expect(map.shape).toEqual([2, Math.ceil(17 / 3) + 1, Math.ceil(11 / 3) + 1]);
  });
});
