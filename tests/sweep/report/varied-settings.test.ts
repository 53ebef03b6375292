import { describe, expect, it } from "vitest";
import { variedSettings } from "../../../src/sweep/report/varied-settings";
import { gridOf, type SettingSpace } from "../../../src/sweep/space";

describe("the settings that differ between points", () => {
  it("have their values as numbers, and the list of the plan as words in the order of their size", () => {
    const space: SettingSpace = { dim: { values: [32, 8] }, depth: 2, optimizer: { values: ["sgd", "adam"] } };
    expect(variedSettings(space, gridOf(space))).toEqual([
      { name: "dim", values: [32, 32, 8, 8], logarithmic: false, listed: ["8", "32"] },
      { name: "optimizer", values: ["sgd", "adam", "sgd", "adam"], logarithmic: false, listed: ["sgd", "adam"] },
    ]);
  });

  it("have null where a point lacks them", () => {
    const space: SettingSpace = {
      optimizer: { values: ["adam", "sgd"] },
      momentum: { values: [0, 0.9], when: { optimizer: "sgd" } },
    };
    expect(variedSettings(space, gridOf(space))[1]).toMatchObject({ name: "momentum", values: [null, 0, 0.9] });
  });

  it("are no list where they are drawn from a range", () => {
    const space: SettingSpace = { learningRate: { logUniform: [0.001, 1] }, weightDecay: { uniform: [0, 1] } };
    const points = [
      { learningRate: 0.1, weightDecay: 0.2 },
      { learningRate: 0.3, weightDecay: 0.4 },
    ];
    expect(variedSettings(space, points).map(({ logarithmic, listed }) => [logarithmic, listed])).toEqual([
      [true, null],
      [false, null],
    ]);
  });

  it("are words where they are lists, objects, true or false, or of several kinds", () => {
    const space: SettingSpace = {
      augment: { values: [true, false] },
      schedule: { values: [{ cosine: [1, 2] }, "constant"] },
      clipNorm: { values: [1, "none"] },
    };
    const settings = variedSettings(space, gridOf(space));
    expect(settings.map(({ listed }) => listed)).toEqual([
      ["true", "false"],
      ['{"cosine":[1,2]}', "constant"],
      ["1", "none"],
    ]);
    expect(settings[2]!.values.slice(0, 2)).toEqual(["1", "none"]);
  });

  it("aren't those that every point has alike", () => {
    const space: SettingSpace = { dim: { values: [8, 16] }, depth: { values: [1] } };
    expect(variedSettings(space, gridOf(space)).map(({ name }) => name)).toEqual(["dim"]);
    expect(variedSettings(space, [{ dim: 8, depth: 1 }])).toEqual([]);
    expect(variedSettings(space, [])).toEqual([]);
  });
});
