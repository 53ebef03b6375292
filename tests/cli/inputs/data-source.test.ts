import { describe, expect, it } from "vitest";
import { dataSource, describeSource, isRemembered, rememberedSource } from "../../../src/cli/inputs/data-source";

describe("--data", () => {
  it.each([
    ["cifar10", "cifar10"],
    ["CIFAR-10", "cifar10"],
    ["shapes", "shapes-v2"],
    ["Shapes", "shapes-v2"],
    ["shapes-v1", "shapes-v1"],
    ["shapes-v2", "shapes-v2"],
    ["needle", "needle"],
    ["src", `folder:${process.cwd()}/src`],
    ["folder:src", `folder:${process.cwd()}/src`],
  ])("%s is kept as %s, and is the same when a checkpoint tells it", (text, kept) => {
    const source = dataSource(text);
    expect(describeSource(source)).toBe(kept);
    expect(rememberedSource("run", kept)).toEqual(source);
    expect(isRemembered(source, kept)).toBe(true);
  });

  it.each(["shapes-v3", "toString", "needles", ""])("refuses %j", (text) => {
    expect(() => dataSource(text)).toThrow("It must be cifar10, shapes, shapes-v1, needle, or a folder");
  });
});

describe("what a checkpoint remembers of its data", () => {
  it('is version 1 where it says "shapes": there was no other then', () => {
    expect(rememberedSource("run", "shapes")).toEqual(dataSource("shapes-v1"));
    expect(isRemembered(dataSource("shapes-v1"), "shapes")).toBe(true);
    expect(isRemembered(dataSource("shapes"), "shapes")).toBe(false);
  });

  it.each([undefined, 3, ""])("has to be told with --data where it is %j", (about) => {
    expect(() => rememberedSource("run", about)).toThrow("run does not tell what it was trained on: give --data");
    expect(isRemembered(dataSource("needle"), about)).toBe(false);
  });

  it("has to be there still", () => {
    expect(() => rememberedSource("run", "folder:/no/such")).toThrow(
      "run was trained on folder:/no/such, which is not there any more: give --data",
    );
  });
});
