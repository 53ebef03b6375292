import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach } from "vitest";
import { Random } from "../../src/base/random";
import type { Cifar10Files } from "../../src/data/cifar10-files";
import { type ImageDataset, imageDataset } from "../../src/data/dataset";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "vitlab-data-"));
  folders.push(folder);
  return folder;
}

export function md5(data: Uint8Array): string {
  return createHash("md5").update(data).digest("hex");
}

/** 2x2 images of one channel: image i holds the bytes 4i, 4i + 1, 4i + 2, 4i + 3 and has label i mod `classes`. */
export function countingDataset(length: number, classes = 2): ImageDataset {
  return imageDataset({
    name: "counting",
    split: "train",
    height: 2,
    width: 2,
    channels: 1,
    classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    images: Uint8Array.from({ length: length * 4 }, (_, i) => i % 256),
    labels: Int32Array.from({ length }, (_, i) => i % classes),
  });
}

const NAMES = [...[1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), "test_batch.bin"];

/** Files laid out as CIFAR-10's, 20 noise images each (two of every class), and what they should be. */
export function tinyCifar10(): { contents: Map<string, Buffer>; files: Cifar10Files; archive: Buffer } {
  const contents = new Map<string, Buffer>();
  const md5s: Record<string, string> = {};
  for (const [i, name] of NAMES.entries()) {
    const random = new Random(99, i);
    const data = Buffer.from(Uint8Array.from({ length: 20 * 3073 }, () => random.integer(256)));
    for (let record = 0; record < 20; record++) data[record * 3073] = record % 10;
    contents.set(name, data);
    md5s[name] = md5(data);
  }
  const members = [...contents].map(([name, data]) => ({ name: `cifar-10-batches-bin/${name}`, data }));
  const archive = gzipSync(tar([...members, { name: "../outside.txt", data: Buffer.from("no") }]));
  return {
    contents,
    files: { recordsPerFile: 20, md5: md5s, archive: { md5: md5(archive), bytes: archive.length } },
    archive,
  };
}

/** Writes such files into `cifar-10-batches-bin` of a folder and returns that. */
export function writeTinyCifar10(dir: string, contents = tinyCifar10().contents): string {
  const folder = path.join(dir, "cifar-10-batches-bin");
  mkdirSync(folder, { recursive: true });
  for (const [name, data] of contents) writeFileSync(path.join(folder, name), data);
  return folder;
}

/** A ustar archive. */
export function tar(members: readonly { name: string; data: Uint8Array; type?: string }[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, data, type = "0" } of members) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(type, 156);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    blocks.push(header, Buffer.from(data), Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
