import { rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../src/base/error";
import { cifar10, hasCifar10, readCifar10 } from "../../src/data/cifar10";
import { cifar10Places, findCifar10 } from "../../src/data/cifar10-files";
import { md5, temporaryFolder, tinyCifar10, writeTinyCifar10 } from "./helpers";

beforeEach(() => {
  vi.stubEnv("VITLAB_DATA", "");
  vi.stubEnv("VITLAB_NO_CIFAR", "");
});
afterEach(() => vi.unstubAllEnvs());

describe("reading the binary files", () => {
  const { contents, files } = tinyCifar10();

  it("turns channels first into channels last", async () => {
    const folder = writeTinyCifar10(temporaryFolder());
    const { images, labels } = await readCifar10(folder, { split: "test" }, files);
    const record = contents.get("test_batch.bin")?.subarray(3073, 2 * 3073) as Buffer;
    expect(labels[1]).toBe(record[0]);
    // Row 2, column 5: byte 2 * 32 + 5 of each of the three planes behind the label.
    const at = 3072 + (2 * 32 + 5) * 3;
    expect([...images.subarray(at, at + 3)]).toEqual([record[1 + 69], record[1 + 1024 + 69], record[1 + 2048 + 69]]);
  });

  it("keeps train, validation and test apart", async () => {
    const folder = writeTinyCifar10(temporaryFolder());
    const hashes = async (split: "train" | "validation" | "test" | "train+validation") => {
      const { images, length } = await readCifar10(folder, { split, validation: 20 }, files);
      return Array.from({ length }, (_, i) => md5(images.subarray(i * 3072, (i + 1) * 3072)));
    };
    const [train, validation, test, both] = await Promise.all([
      hashes("train"),
      hashes("validation"),
      hashes("test"),
      hashes("train+validation"),
    ]);
    expect([train.length, validation.length, test.length, both.length]).toEqual([80, 20, 20, 100]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(120);
    expect(new Set([...train, ...validation])).toEqual(new Set(both));
  });

  it("holds out every class equally often, the same images each time", async () => {
    const folder = writeTinyCifar10(temporaryFolder());
    const first = await readCifar10(folder, { split: "validation", validation: 20 }, files);
    const again = await readCifar10(folder, { split: "validation", validation: 20 }, files);
    expect([...first.labels].sort((a, b) => a - b)).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9,
    ]);
    expect(again.images).toEqual(first.images);
    expect(md5(Buffer.from(first.labels))).toBe("eaaf7aba7c7b58fe8263b7bf62548dd8");
  });

  it("names the classes", async () => {
    const dataset = await readCifar10(writeTinyCifar10(temporaryFolder()), { split: "test" }, files);
    expect(dataset.classNames[3]).toBe("cat");
    expect([dataset.name, dataset.split, dataset.height, dataset.width, dataset.channels]).toEqual([
      "cifar10",
      "test",
      32,
      32,
      3,
    ]);
  });

  it("says that a file is cut off, with both sizes", async () => {
    const folder = writeTinyCifar10(temporaryFolder());
    const file = path.join(folder, "data_batch_3.bin");
    truncateSync(file, 1000);
    await expect(readCifar10(folder, { split: "train", validation: 10 }, files)).rejects.toThrow(
      new VitlabError(
        `${file} has 1000 bytes and should have 61460 (20 images): it is cut off; get a whole copy with \`npx vitlab data cifar10 --overwrite\``,
      ),
    );
  });

  it("says that a file was changed, with both MD5s", async () => {
    const changed = new Map(contents);
    const data = Buffer.from(contents.get("test_batch.bin") as Buffer);
    data[100] = (data[100] as number) ^ 1;
    changed.set("test_batch.bin", data);
    const folder = writeTinyCifar10(temporaryFolder(), changed);
    await expect(readCifar10(folder, { split: "test" }, files)).rejects.toThrow(
      `test_batch.bin has MD5 ${md5(data)} and should have ${files.md5["test_batch.bin"]}: its content was damaged or changed; get a whole copy`,
    );
  });

  it("names a file that is missing", async () => {
    const folder = writeTinyCifar10(temporaryFolder());
    rmSync(path.join(folder, "data_batch_2.bin"));
    await expect(readCifar10(folder, { split: "train", validation: 10 }, files)).rejects.toThrow(
      `data_batch_2.bin is missing from CIFAR-10 folder ${folder}: get a whole copy`,
    );
  });

  it("refuses a split or a validation size that can't be", async () => {
    const folder = writeTinyCifar10(temporaryFolder());
    await expect(readCifar10(folder, { split: "dev" as "test" }, files)).rejects.toThrow(
      new VitlabError('CIFAR-10 has no split "dev": give one of train, validation, test, train+validation'),
    );
    await expect(readCifar10(folder, { validation: 100 }, files)).rejects.toThrow(
      "validation is 100: of the 100 images",
    );
  });

  it("holds the official copy to the official sizes", async () => {
    const dir = temporaryFolder();
    writeTinyCifar10(dir);
    await expect(cifar10({ dir, split: "test" })).rejects.toThrow("has 61460 bytes and should have 30730000");
  });
});

describe("finding the folder", () => {
  it("looks in the folder named, or takes it for the data set itself", () => {
    const dir = temporaryFolder();
    const folder = writeTinyCifar10(dir);
    expect(findCifar10(dir)).toBe(folder);
    expect(findCifar10(folder)).toBe(folder);
  });

  it("looks in VITLAB_DATA, or takes it for the data set itself", () => {
    const dir = temporaryFolder();
    const folder = writeTinyCifar10(dir);
    vi.stubEnv("VITLAB_DATA", dir);
    expect(findCifar10()).toBe(folder);
    vi.stubEnv("VITLAB_DATA", folder);
    expect(findCifar10()).toBe(folder);
    expect(hasCifar10()).toBe(true);
  });

  it("sees nothing where VITLAB_NO_CIFAR is 1", async () => {
    const dir = temporaryFolder();
    writeTinyCifar10(dir);
    vi.stubEnv("VITLAB_NO_CIFAR", "1");
    expect(hasCifar10({ dir })).toBe(false);
    await expect(cifar10({ dir })).rejects.toThrow(
      "CIFAR-10 was not found (no folder cifar-10-batches-bin; VITLAB_NO_CIFAR is 1)",
    );
  });

  it("is not fooled by an empty folder or one that is half downloaded", () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz.part"), "half");
    expect(hasCifar10({ dir })).toBe(false);
  });

  it("says where it looked and how to get it", async () => {
    const dir = temporaryFolder();
    await expect(cifar10({ dir })).rejects.toThrow(
      new VitlabError(
        `CIFAR-10 was not found (no folder cifar-10-batches-bin; looked in ${dir}): download it with \`npx vitlab data cifar10\`, set VITLAB_DATA to the folder that holds it, or use shapes(), which needs no download`,
      ),
    );
  });

  it("lists every place it looks in when none is named", () => {
    const dir = temporaryFolder();
    vi.stubEnv("VITLAB_DATA", dir);
    vi.spyOn(process, "cwd").mockReturnValue(path.join(dir, "elsewhere"));
    expect(cifar10Places()).toEqual([dir, path.join(dir, "elsewhere", "data"), path.resolve(__dirname, "../../data")]);
    vi.restoreAllMocks();
  });
});
