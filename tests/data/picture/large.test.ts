import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../helpers";

const root = path.join(__dirname, "..", "..", "..");
const kinds = path.join(root, "tests", "goldens", "pictures", "kinds");
const [WIDTH, HEIGHT] = [11_600, 8_700];

/** Reads a picture in a process of its own: its size, one pixel, and the most memory that the process had, in bytes. */
function readApart(file: string): { width: number; height: number; pixel: number[]; memory: number } {
  const program = `
    const { readImage } = require(${JSON.stringify(path.join(root, "dist", "data", "image-file.js"))});
    readImage(${JSON.stringify(file)}).then(({ width, height, pixels }) =>
      console.log(JSON.stringify({ width, height, pixel: [...pixels.subarray(-3)], memory: process.resourceUsage().maxRSS * 1024 })));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }));
}

/** A JPEG in color with four blocks of three, all as bright as the one before, again and again. */
function jpeg(): Buffer {
  const small = readFileSync(path.join(kinds, "jpeg_444.jpg"));
  const scan = small.indexOf(Buffer.from([0xff, 0xda]));
  const head = Buffer.from(small.subarray(0, scan + 2 + small.readUInt16BE(scan + 2)));
  const frame = head.indexOf(Buffer.from([0xff, 0xc0]));
  head.writeUInt16BE(HEIGHT, frame + 5);
  head.writeUInt16BE(WIDTH, frame + 7);
  // Codes of the JPEG standard's tables (K.3): no difference, end of block; twice for luma, twice for each chroma.
  const four = "00101000000000".repeat(4);
  const bytes = (four.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const units = Math.ceil(WIDTH / 8) * Math.ceil(HEIGHT / 8);
  return Buffer.concat([
    head,
    Buffer.alloc(Math.ceil(units / 4) * bytes.length, Buffer.from(bytes)),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** A PNG of one color, its rows packed a few at a time. */
function writePlainPng(file: string, [red, green, blue]: readonly [number, number, number]): void {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(zlib.crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2], 8);
  const row = Buffer.alloc(1 + WIDTH * 3, Buffer.of(red, green, blue));
  row.copyWithin(1, 0);
  row[0] = 0;
  const rows = zlib.deflateSync(Buffer.concat(new Array(HEIGHT).fill(row)), { level: 1 });
  const out = openSync(file, "w");
  writeSync(out, Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  for (const [type, data] of [
    ["IHDR", header],
    ["IDAT", rows],
    ["IEND", Buffer.alloc(0)],
  ] as const)
    writeSync(out, chunk(type, data));
  closeSync(out);
}

describe("readImage of 100 megapixels takes less than 1.5 GB", () => {
  it("as JPEG", { timeout: 240_000 }, () => {
    const file = path.join(temporaryFolder(), "photo.jpg");
    writeFileSync(file, jpeg());
    const { width, height, pixel, memory } = readApart(file);
    expect([width, height, pixel]).toEqual([WIDTH, HEIGHT, [128, 128, 128]]);
    expect(memory).toBeLessThan(1.5e9);
  });

  it("as PNG", { timeout: 240_000 }, () => {
    const file = path.join(temporaryFolder(), "photo.png");
    writePlainPng(file, [10, 120, 250]);
    const { width, height, pixel, memory } = readApart(file);
    expect([width, height, pixel]).toEqual([WIDTH, HEIGHT, [10, 120, 250]]);
    expect(memory).toBeLessThan(1.5e9);
  });
});
