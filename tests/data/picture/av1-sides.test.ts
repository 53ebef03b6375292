import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { readImage } from "../../../src/data/image-file";
import { av1Sides } from "../../../src/data/picture/av1-sides";
import { boxesIn, itemsOf } from "../../../src/data/picture/avif-boxes";
import { temporaryFolder } from "../helpers";

const kinds = path.join(__dirname, "..", "..", "goldens", "pictures", "kinds");

/** Fields of bits, as AV1 writes them: [value, bits]. */
function bits(fields: readonly [value: number, bits: number][]): Buffer {
  const text = fields.map(([value, count]) => value.toString(2).padStart(count, "0")).join("");
  return Buffer.from((text.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)));
}

/** A sequence header of a single picture, in a stream of its own. */
function picture(width: number, height: number): Buffer {
  const header = bits([
    [0, 3],
    [1, 1],
    [1, 1],
    [0, 5],
    [15, 4],
    [15, 4],
    [width - 1, 16],
    [height - 1, 16],
  ]);
  return Buffer.concat([Buffer.of(0x12, 0, 0x0a, header.length), header]);
}

describe("av1Sides", () => {
  it("reads the sides of what AVIF files hold", () => {
    const names = readdirSync(kinds).filter((name) => name.endsWith(".avif"));
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const data = readFileSync(path.join(kinds, name));
      const sides = [...boxesIn(data, 0, data.length)]
        .filter(({ type }) => type === "meta")
        .flatMap((meta) => [...itemsOf(data, meta)].flatMap((item) => [...av1Sides(item)]));
      expect(sides.length, name).toBeGreaterThan(0);
      for (const found of sides) expect(found, name).toEqual([21, 17]);
    }
  });

  it("reads those of a stream of many frames, with timing and operating points", () => {
    const timing: [number, number][] = [
      [1, 1],
      [1, 32],
      [25, 32],
      [1, 1],
      [1, 3],
      [2, 2],
    ];
    const model: [number, number][] = [
      [1, 1],
      [9, 5],
      [1, 32],
      [3, 5],
      [4, 5],
    ];
    const points: [number, number][] = [
      [1, 1],
      [1, 5],
      [0, 12],
      [9, 5],
      [0, 1],
      [1, 1],
      [5, 10],
      [6, 10],
      [1, 1],
      [1, 1],
      [7, 4],
    ];
    const last: [number, number][] = [
      [0, 12],
      [3, 5],
      [0, 1],
      [0, 1],
    ];
    const sides: [number, number][] = [
      [9, 4],
      [8, 4],
      [639, 10],
      [359, 9],
    ];
    const header = bits([[0, 3], [0, 1], [0, 1], ...timing, ...model, ...points, ...last, ...sides]);
    const stream = Buffer.concat([Buffer.of(0x0a, header.length), header, Buffer.of(0x32, 3, 1, 2, 3), picture(7, 9)]);
    expect([...av1Sides(stream)]).toEqual([
      [640, 360],
      [7, 9],
    ]);
  });

  it("finds nothing in what is no such stream", () => {
    expect([...av1Sides(Buffer.from("<x:xmpmeta/>"))]).toEqual([]);
    expect([...av1Sides(Buffer.from([0, 0, 0, 6, 0x45, 0x78]))]).toEqual([]);
  });
});

describe("readImage of an AVIF", () => {
  it("refuses a picture far larger than the file around it says", async () => {
    const data = readFileSync(path.join(kinds, "avif_420.avif"));
    picture(60_000, 50_000).copy(data, data.indexOf("mdat") + 4);
    const file = path.join(temporaryFolder(), "photo.avif");
    writeFileSync(file, data);
    await expect(readImage(file)).rejects.toThrow(
      new VitlabError(
        `${file} claims to be 50000x60000 pixels large, and pictures of its kind are read up to 65 megapixels: make it smaller first, or get a whole copy where it is damaged`,
      ),
    );
  });

  it("refuses 12 bits with halved chroma, which the decoder gets wrong", async () => {
    const data = readFileSync(path.join(kinds, "avif_10_bits.avif"));
    const at = data.indexOf("av1C") + 6;
    data[at] = (data[at] as number) | 0x20;
    const file = path.join(temporaryFolder(), "photo.avif");
    writeFileSync(file, data);
    await expect(readImage(file)).rejects.toThrow(
      /is an AVIF file of a kind that isn't read \(12 bits a color, 4:2:0\)/,
    );
  });
});
