import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { checkField, type FieldKind, misfit, showField, withFieldDefaults } from "../../src/base/field";

const whole: FieldKind = { kind: "whole", least: 1, most: 1000 };

describe("misfit", () => {
  it.each<[unknown, FieldKind]>([
    [1, whole],
    [-3, { kind: "whole" }],
    [0, { kind: "share" }],
    [0.5, { kind: "number" }],
    [0, { kind: "number", orZero: true }],
    [true, { kind: "flag" }],
    ["pre", { kind: "choice", choices: ["pre", "post"] }],
    [32, { kind: "size", most: 64 }],
    [[32, 48], { kind: "size", most: 64 }],
    [{ mean: [] }, { kind: "object" }],
  ])("finds nothing wrong with %j in %j", (value, field) => {
    expect(misfit(value, field)).toBeUndefined();
  });

  it.each<[unknown, FieldKind, string, unknown]>([
    [0, whole, "is 0: it must be a whole number, 1 or more", 1],
    [7.6, whole, "is 7.6: it must be a whole number, 1 or more", 8],
    [1001, whole, "is 1001: it must be at most 1,000", 1000],
    [Number.POSITIVE_INFINITY, whole, "is Infinity: it must be a whole number, 1 or more", 1000],
    [0.5, { kind: "whole" }, "is 0.5: it must be a whole number", 1],
    [{}, whole, "is an object: it must be a whole number, 1 or more", undefined],
    [1, { kind: "share" }, "is 1: it must be at least 0 and below 1", 0.99],
    [-1, { kind: "share" }, "is -1: it must be at least 0 and below 1", 0],
    [0, { kind: "number" }, "is 0: it must be above 0", undefined],
    [-1, { kind: "number", orZero: true }, "is -1: it must be 0 or more", 0],
    [2, { kind: "number", most: 1 }, "is 2: it must be at most 1", 1],
    ["yes", { kind: "flag" }, 'is "yes": it must be true or false', undefined],
    ["gelus", { kind: "choice", choices: ["gelu", "relu"] }, 'is "gelus": it must be one of gelu, relu', "gelu"],
    [8.4, { kind: "size", most: 64 }, "is 8.4: it must be whole pixels, or [height, width]", 8],
    [[8, 0], { kind: "size", most: 64 }, "is [8, 0]: it must be whole pixels, or [height, width]", [8, 1]],
    [[8, 65], { kind: "size", most: 64 }, "is 8x65: a side must be at most 64 pixels", [8, 64]],
    ["big", { kind: "size", most: 64 }, "is big: it must be whole pixels, or [height, width]", undefined],
  ])("of %j in %j: %s; the nearest is %j", (value, field, wrong, nearest) => {
    expect(misfit(value, field)).toMatchObject({ wrong });
    expect(misfit(value, field)?.nearest).toEqual(nearest);
    if (nearest !== undefined) expect(misfit(nearest, field)).toBeUndefined();
    expect(() => checkField("it", value, field)).toThrow(VitlabError);
    expect(() => checkField("it", value, field)).toThrow(`it ${wrong}`);
  });

  it("takes null where a field may have none", () => {
    expect(misfit(null, { kind: "share", optional: true })).toBeUndefined();
    expect(misfit(null, { kind: "share" })).toBeDefined();
  });
});

it("withFieldDefaults fills in what isn't said, also by what is said before it", () => {
  const fields = {
    norm: { ...whole, group: "", about: "", default: "pre" },
    finalNorm: { ...whole, group: "", about: "", default: ({ norm }: { norm?: string }) => norm === "pre" },
    dim: { ...whole, group: "", about: "" },
  };
  type Settings = { norm?: string; finalNorm?: boolean; dim?: number };
  expect(withFieldDefaults<Settings>(fields, { dim: 4 })).toEqual({ norm: "pre", finalNorm: true, dim: 4 });
  expect(withFieldDefaults<Settings>(fields, { norm: "post" })).toEqual({ norm: "post", finalNorm: false });
});

it("showField says a value in a word or two", () => {
  expect([null, true, false, 3, "cls", [8, 4], { a: 1 }].map(showField)).toEqual([
    ...["none", "yes", "no", "3", "cls", "8x4"],
    '{"a":1}',
  ]);
});

it("misfit says what is wrong with objects that have no text", () => {
  const silent = { toString: 1, valueOf: 2 };
  expect(misfit(silent, { kind: "choice", choices: ["a"] })?.wrong).toBe("is an object: it must be one of a");
  expect(misfit([silent, 4], { kind: "size", most: 9 })?.wrong).toBe(
    "is [an object, 4]: it must be whole pixels, or [height, width]",
  );
});
