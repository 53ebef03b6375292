import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { cifar10, hasCifar10 } from "../../src/data/cifar10";
import { imageFolder } from "../../src/data/image-folder";
import { shapes } from "../../src/data/shapes";

/** Calls as JavaScript allows and TypeScript doesn't. */
const anyShapes = shapes as (...given: unknown[]) => unknown;
const anyCifar10 = cifar10 as (...given: unknown[]) => Promise<unknown>;
const anyFolder = imageFolder as (...given: unknown[]) => Promise<unknown>;

describe("a data set called without an options object says how to call it", () => {
  it("shapes", () => {
    expect(() => anyShapes(100)).toThrow(
      new VitlabError("shapes takes an options object: shapes({ count: 100 }); got 100"),
    );
    expect(() => anyShapes("test")).toThrow(
      new VitlabError('shapes takes an options object: shapes({ split: "test" }); got "test"'),
    );
    expect(() => anyShapes(null)).toThrow("shapes takes an options object: shapes({ count: 100 }); got null");
  });

  it("cifar10 and hasCifar10", async () => {
    await expect(anyCifar10("test")).rejects.toThrow(
      new VitlabError('cifar10 takes an options object: cifar10({ split: "test" }); got "test"'),
    );
    expect(() => (hasCifar10 as (dir: unknown) => boolean)("data")).toThrow('hasCifar10({ dir: "data" })');
  });

  it("imageFolder", async () => {
    await expect(anyFolder("pets", 32)).rejects.toThrow(
      new VitlabError("imageFolder takes an options object: imageFolder(dir, { size: 32 }); got 32"),
    );
    await expect(anyFolder("pets")).rejects.toThrow("imageFolder(dir, { size: 32 }); got undefined");
    await expect(anyFolder({ size: 32 })).rejects.toThrow('imageFolder("pets", { size: 32 }); got an object');
    await expect(anyFolder("pets", {})).rejects.toThrow("imageFolder needs the side of the images in pixels");
  });
});

describe("an option that nothing reads", () => {
  it.each(["n", "num", "length", "Count"])("%s of shapes is refused with the one meant", (name) => {
    expect(() => anyShapes({ [name]: 100 })).toThrow(
      new VitlabError(
        `shapes has no option ${name}: did you mean count? the options are count, seed, size, split, version`,
      ),
    );
  });

  it("of cifar10 is refused too", async () => {
    await expect(anyCifar10({ folder: "x" })).rejects.toThrow("cifar10 has no option folder: did you mean dir?");
  });
});
