import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dataCommand } from "../../src/cli/data/data";
import { imageAt } from "../../src/data/dataset";
import { readImage } from "../../src/data/image-file";
import { needle } from "../../src/data/needle";
import { shapes } from "../../src/data/shapes";
import { temporaryFolder, writeTinyCifar10 } from "./helpers";

let printed: string[];
let progress: string[];

beforeEach(() => {
  printed = [];
  progress = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    progress.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function run(...words: string[]): Promise<void> {
  const command = dataCommand();
  for (const each of [command, ...command.commands]) each.exitOverride();
  await command.parseAsync(words, { from: "user" });
}

describe("vitlab data shapes", () => {
  it("writes a folder of PNG files, one sub-folder a class", async () => {
    const out = path.join(temporaryFolder(), "drawn");
    await run("shapes", "--out", out, "--count", "20", "--seed", "3");
    expect(readdirSync(out).sort()).toEqual([
      "airplane",
      "automobile",
      "bird",
      "cat",
      "deer",
      "dog",
      "frog",
      "horse",
      "landmarks.json",
      "ship",
      "truck",
    ]);
    expect(readdirSync(path.join(out, "cat")).length).toBe(2);
    expect(printed).toEqual([
      "shapes train: 20 images 32x32x3, 10 classes (airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck)",
      `written to ${out}`,
    ]);
  });

  it("prints one JSON object with --json", async () => {
    const out = path.join(temporaryFolder(), "drawn");
    await run("shapes", "--out", out, "--count", "10", "--split", "test", "--json");
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      { dataset: "shapes", split: "test", count: 10, seed: 0, size: 32, folder: out },
    ]);
  });

  it("refuses a count that isn't one, and a folder that isn't empty", async () => {
    const out = temporaryFolder();
    await expect(run("shapes", "--out", out, "--count", "many")).rejects.toThrow(
      "argument 'many' is invalid. It must be a whole number, 1 or more.",
    );
    await expect(run("shapes", "--out", out, "--count", "-5")).rejects.toThrow(
      "option '--count <n>' argument '-5' is invalid. It must be a whole number, 1 or more.",
    );
    writeFileSync(path.join(out, "mine.txt"), "mine");
    await expect(run("shapes", "--out", out)).rejects.toThrow(`folder ${out} is not empty`);
    expect(readFileSync(path.join(out, "mine.txt"), "utf8")).toBe("mine");
  });
});

describe("vitlab data needle and shapes-v1", () => {
  it("write what needle and version 1 of shapes draw", async () => {
    const [out, old] = [path.join(temporaryFolder(), "drawn"), path.join(temporaryFolder(), "old")];
    await run("needle", "--out", out, "--count", "6", "--seed", "3", "--size", "64", "--json");
    await run("shapes-v1", "--out", old, "--count", "10", "--split", "test", "--json");
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      { dataset: "needle", split: "train", count: 6, seed: 3, size: 64, folder: out },
      { dataset: "shapes-v1", split: "test", count: 10, seed: 0, size: 32, folder: old },
    ]);
    expect(readdirSync(out).sort()).toEqual(["different", "landmarks.json", "same"]);
    const { images } = JSON.parse(readFileSync(path.join(out, "landmarks.json"), "utf8"));
    expect(images.map(({ landmarks }: { landmarks: unknown }) => landmarks)).toEqual(
      needle({ count: 6, seed: 3, size: 64 }).landmarks,
    );
    const cats = shapes({ count: 10, split: "test", version: 1 });
    const index = cats.labels.indexOf(3);
    const { pixels } = await readImage(path.join(old, "cat", `${index}.png`));
    expect([...pixels]).toEqual([...imageAt(cats, index).pixels]);
  });

  it("refuse a size that needle doesn't draw", async () => {
    const out = path.join(temporaryFolder(), "drawn");
    await expect(run("needle", "--out", out, "--size", "50")).rejects.toThrow(
      "needle can't draw images of size 50: give a multiple of 8 pixels from 32 to 512",
    );
  });
});

describe("vitlab data cifar10", () => {
  async function serve(answer: http.RequestListener): Promise<http.Server> {
    const server = http.createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("VITLAB_CIFAR10_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar.tar.gz`);
    return server;
  }

  it("shows plain lines where there is no terminal, and fails with one sentence", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-length": 3_000_000 }).end(Buffer.alloc(3_000_000));
    });
    const dir = temporaryFolder();
    await expect(run("cifar10", "--dir", dir)).rejects.toThrow(
      /has MD5 [0-9a-f]{32} and should have c32a1d4ab5d03f1284b67883e8d87530/,
    );
    expect(progress[0]).toBe("CIFAR-10: 0 of 3 MB\n");
    expect(progress.at(-1)).toBe("CIFAR-10: 3 of 3 MB\n");
    expect(readdirSync(dir)).toEqual([]);
    server.close();
  });

  it("says what is wrong with a copy that isn't whole", async () => {
    const dir = temporaryFolder();
    writeTinyCifar10(dir);
    await expect(run("cifar10", "--dir", dir)).rejects.toThrow(
      "has 61460 bytes and should have 30730000 (10000 images)",
    );
  });
});
