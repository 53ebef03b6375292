import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useEngine } from "../../../src/tensor/node/engine";
import { saveCheckpoint } from "../../../src/train/checkpoint/model-checkpoint";
import { ViT } from "../../../src/vit/model";
import { decodePng } from "../../figure/decode-png";
import { hubEnvironment, repoOf, serveHub } from "../../hub/hub-server";
import { vitlab, workFolder } from "../vitlab";

const work = workFolder();
const goldens = join(__dirname, "..", "..", "goldens");
const data = join(__dirname, "..", "..", "..", "data");
const cifar10 = join(data, "models", "vit-cifar10");
const golden = JSON.parse(readFileSync(join(goldens, "attention", "chelsea.json"), "utf8"));

const attention = (model: string, ...args: string[]) =>
  vitlab(work, ["attention", model, "photo.png", "--engine", "cpu", ...args]);

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  copyFileSync(join(data, "chelsea.png"), join(work, "photo.png"));
  const small = { imageSize: 16, patchSize: 4, dim: 16, depth: 2, heads: 2, mlpDim: 32, classes: 2 };
  const plain = new ViT(small, { seed: 1 });
  await saveCheckpoint(join(work, "plain"), plain, { classNames: ["cat", "dog"] });
  const tokenless = new ViT({ ...small, classToken: false, pool: "mean" }, { seed: 1 });
  await saveCheckpoint(join(work, "tokenless"), tokenless, { classNames: ["cat", "dog"] });
  plain.dispose();
  tokenless.dispose();
});

describe("vitlab attention", () => {
  it("draws where a model looks in a photograph, and says it in one sentence", async () => {
    const { code, stdout, stderr } = await attention(cifar10, "--out", "new/attention.png");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n").at(-1)).toBe(
      "photo.png: cat (70.4 %); in block 4, mean of 5 heads, the class token looked most at patch 29 (row 3, column 5) " +
        "with 11.3 % of its attention, and 7.8 % went to the class token itself; wrote new/attention.png",
    );
    const png = await decodePng(readFileSync(join(work, "new", "attention.png")));
    expect(png.width).toBeGreaterThan(1000);
  });

  it("gives programs the weights, as transformers computes them", async () => {
    const { block, head, query, weights, classToken } = golden.rows[2];
    const asked = ["--block", `${block}`, "--head", `${head}`, "--query", `${query}`];
    const { code, stdout, stderr } = await attention(cifar10, ...asked, "--json");
    expect([code, stderr.trim().split("\n")]).toEqual([0, [expect.stringContaining("engine cpu")]]);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      file: "photo.png",
      className: "cat",
      class: 3,
      block,
      head,
      query,
      rows: 8,
      columns: 8,
    });
    expect(found.seen).toEqual({ left: 0, top: 0, width: 451, height: 300 });
    expect(found.classToken).toBeCloseTo(classToken, 5);
    weights.forEach((weight: number, i: number) => {
      expect(Math.abs(found.weights[i] - weight)).toBeLessThan(1e-5);
    });
    const largest = weights.indexOf(Math.max(...weights));
    expect(found.most).toMatchObject({ patch: largest, row: Math.floor(largest / 8), column: largest % 8 });
  });

  it("takes a checkpoint, and SVG", async () => {
    const { code, stdout } = await attention("plain", "--out", "plain.svg", "--query", "5", "--head", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/photo\.png: (cat|dog) \(.*in block 1, head 1, patch 5 looked most at patch \d+/);
    expect(readFileSync(join(work, "plain.svg"), "utf8")).toMatch(/^<svg /);
  });

  it("takes a repository of the hub", async () => {
    const hub = await serveHub(repoOf(join(goldens, "hf_vit_tiny")));
    try {
      const args = ["attention", "owner/tiny", "photo.png", "--engine", "cpu", "--json"];
      const { code, stdout } = await vitlab(work, args, hubEnvironment(hub, join(work, "home")));
      expect(code).toBe(0);
      expect(JSON.parse(stdout).weights.length).toBeGreaterThan(1);
    } finally {
      await hub.close();
    }
  });

  it("looks from a patch where a model has no class token", async () => {
    const { code, stdout } = await attention("tokenless", "--query", "3", "--json");
    expect(code).toBe(0);
    const { classToken, weights } = JSON.parse(stdout);
    expect([classToken, weights.length]).toEqual([undefined, 16]);
  });

  it.each<[string, string[]]>([
    ["there is no block 2: the model has blocks 0 to 1", ["plain", "--out", "o.png", "--block", "2"]],
    ["there is no head 2: the model has heads 0 to 1", ["plain", "--out", "o.png", "--head", "2"]],
    ["there is no query 16: give a patch, 0 to 15", ["plain", "--out", "o.png", "--query", "16"]],
    ["the model has no class token to look from: name a patch", ["tokenless", "--out", "o.png"]],
    ["argument 'all' is invalid. It must be a whole number, 0 or more, or mean.", ["plain", "--head", "all"]],
    ["argument '-1' is invalid. It must be a whole number, 0 or more, or class.", ["plain", "--query", "-1"]],
    ["--out is missing: name the picture to write", ["plain"]],
    ["--out o.jpg must end with .png or .svg", ["plain", "--out", "o.jpg"]],
    ["--out photo.png is the photograph itself", ["plain", "--out", "photo.png"]],
    ["there is no folder none", ["none", "--out", "o.png"]],
  ])("says in one line: %s", async (message, [model, ...args]) => {
    const { code, stderr } = await attention(model as string, ...args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(code).toBe(1);
    expect(existsSync(join(work, "o.png"))).toBe(false);
  });
});
