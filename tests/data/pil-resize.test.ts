import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import type { ByteImage } from "../../src/data/byte-image";
import { type PilFilter, pilResize } from "../../src/data/pil-resize";

interface Case {
  seed: number;
  from: [number, number, number];
  to: [number, number];
  filter: PilFilter;
  sha256: string;
}

function cases(version: "pillow12" | "pillow13"): Case[] {
  return JSON.parse(readFileSync(path.join(__dirname, "..", "goldens", "pillow", `${version}.json`), "utf8")).cases;
}

/** The picture that tests/goldens/pillow/make.py draws for a case. */
function noise({ seed, from: [height, width, channels] }: Case): ByteImage {
  let state = seed;
  const pixels = Uint8Array.from({ length: height * width * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state >>> 24;
    return state & 65536 ? value : value > 127 ? 255 : 0;
  });
  return { width, height, channels, pixels };
}

describe.each([
  ["pillow12", "columns"],
  ["pillow13", "pillow13"],
] as const)("pilResize gives the bytes of %s", (version, passOrder) => {
  it.each(cases(version).map((one) => [`${one.filter} ${one.from.join("x")} to ${one.to.join("x")}`, one] as const))(
    "%s",
    (_, one) => {
      const [height, width] = one.to;
      const resized = pilResize(noise(one), { height, width }, { filter: one.filter, passOrder });
      expect([resized.height, resized.width, resized.channels]).toEqual([height, width, one.from[2]]);
      expect(createHash("sha256").update(resized.pixels).digest("hex")).toBe(one.sha256);
    },
  );
});

describe("pilResize", () => {
  it("of the same size is a copy", () => {
    const image: ByteImage = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(3, 200) };
    const copy = pilResize(image, { width: 2, height: 1 }, { filter: "bicubic" });
    expect(copy).toEqual(image);
    expect(copy.pixels).not.toBe(image.pixels);
  });

  it("refuses a side of 0", () => {
    const image: ByteImage = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(3, 200) };
    expect(() => pilResize(image, { width: 0, height: 2 }, { filter: "box" })).toThrow(
      new VitlabError("width is 0: it must be a whole number, 1 or more"),
    );
  });
});
