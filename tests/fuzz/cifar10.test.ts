import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, vi } from "vitest";
import { readCifar10 } from "../../src/data/cifar10";
import { readCifar10File } from "../../src/data/cifar10-files";
import { tarFiles } from "../../src/data/tar";
import { md5, tar, tinyCifar10 } from "../data/helpers";
import { damagedBytes } from "./damaged-bytes";
import { fuzz, taken, takenLater } from "./fuzz";
import { writeInMemory } from "./memory-files";

vi.mock("../../src/base/node/read-regular-file", async (original) => ({
  ...(await original<object>()),
  ...(await vi.importActual<object>("./memory-files")),
}));

const NAME = "test_batch.bin";
const { contents, files } = tinyCifar10();
const whole = (contents.get(NAME) as Buffer).subarray(0, 2 * 3073);
const two = { ...files, recordsPerFile: 2, md5: { ...files.md5, [NAME]: md5(whole) } };

describe("CIFAR-10's files are whole, or refused in a sentence", () => {
  fuzz("a file of CIFAR-10", damagedBytes(fc.constant(whole)), async (bytes) => {
    writeInMemory(join("cifar", NAME), bytes);
    const read = await takenLater(() => readCifar10File("cifar", NAME, two));
    expect(read !== undefined).toBe(bytes.equals(whole));
  });

  const label = fc.nat(255);
  fuzz(
    "labels of CIFAR-10",
    fc.array(label, { minLength: 20, maxLength: 20 }),
    async (labels) => {
      const data = Buffer.from(contents.get(NAME) as Buffer);
      for (const [i, label] of labels.entries()) data.writeUInt8(label, i * 3073);
      writeInMemory(join("cifar", NAME), data);
      const told = { ...files, md5: { ...files.md5, [NAME]: md5(data) } };
      const read = await takenLater(() => readCifar10("cifar", { split: "test" }, told));
      if (read) expect([...labels].every((label) => label < 10)).toBe(true);
    },
    { share: 0.1 },
  );
});

describe("a tar archive of whatever bytes is refused in a sentence, or its files lie inside of it", () => {
  const members = fc.array(
    fc.record({
      name: fc.constantFrom("a/b.bin", "../outside", "é", "x".repeat(99)),
      data: fc.uint8Array({ maxLength: 700, size: "max" }),
      type: fc.constantFrom("0", "0", "0", "5", "2"),
    }),
    { maxLength: 3 },
  );
  const archives = damagedBytes(members.map(tar));

  fuzz("a tar archive", fc.tuple(archives, fc.boolean()), ([bytes, isSummed]) => {
    const archive = isSummed ? summed(bytes) : bytes;
    const found = taken(() => [...tarFiles(archive)]);
    const sizes = (found ?? []).map(({ data }) => data.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(archive.length);
    expect(sizes.length).toBeLessThanOrEqual(archive.length / 512);
  });

  fuzz(
    "a tar archive as it was written",
    members,
    (members) => {
      const regular = members.filter(({ type }) => type === "0").map(({ name, data }) => ({ name, data: [...data] }));
      expect([...tarFiles(tar(members))].map(({ name, data }) => ({ name, data: [...data] }))).toEqual(regular);
    },
    { share: 0.1 },
  );
});

/** Where a header was changed its checksum is made right, else nothing behind it would be looked at. */
function summed(bytes: Buffer): Buffer {
  const archive = Buffer.from(bytes);
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const header = archive.subarray(at, at + 512);
    if (header.toString("latin1", 257, 262) !== "ustar") continue;
    const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  }
  return archive;
}
