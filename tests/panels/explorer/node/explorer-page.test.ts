import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../../../src/base/error";
import { RMSNorm } from "../../../../src/nn/rms-norm";
import { explorer } from "../../../../src/panels/explorer/node/explorer";
import { type ExplorerPageOptions, explorerPage } from "../../../../src/panels/explorer/node/explorer-page";
import { PAGE_PARTS, type PageContents } from "../../../../src/panels/explorer/page-contents";
import { useEngine } from "../../../../src/tensor/node/engine";
import { tf } from "../../../../src/tensor/tf";
import { ViT } from "../../../../src/vit/model";
import { decodeSafetensors } from "../../../support/decode-safetensors";

const CONFIG = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 2 };

let model: ViT;
let images: tf.Tensor4D;

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  model = new ViT(CONFIG, { seed: 1 });
  // 0 and 1 are bytes, as 0.5 isn't.
  images = tf.tensor4d(
    Array.from({ length: 2 * 8 * 8 * 3 }, (_, i) => (i % 3) - 1).map((value) => (value === 0 ? 1 : value)),
    [2, 8, 8, 3],
  );
});

afterAll(() => {
  model.dispose();
  images.dispose();
});

const partOf = (html: string, part: keyof typeof PAGE_PARTS) =>
  new RegExp(`id="${PAGE_PARTS[part]}">([^<]*)</script>`).exec(html)?.[1] as string;
const contentsOf = (html: string): PageContents => JSON.parse(partOf(html, "contents"));
const bytesOf = (html: string, part: "model" | "images" | "engine" | "operations") =>
  inflateSync(Buffer.from(partOf(html, part), "base64"));

describe("explorerPage", () => {
  it("holds the model in half precision, the images as bytes and the engine with its operations", async () => {
    const html = await explorerPage(model, images);
    const { tensors } = decodeSafetensors(bytesOf(html, "model"));
    expect(Object.keys(tensors)).toEqual([...model.namedParameters().keys()]);
    expect([...bytesOf(html, "images").subarray(0, 6)]).toEqual([0, 255, 255, 0, 255, 255]);
    for (const part of ["engine", "operations"] as const)
      expect(bytesOf(html, part).subarray(0, 4).toString("latin1")).toBe("\0asm");
    expect(contentsOf(html)).toMatchObject({
      title: "ViT",
      language: "en",
      state: null,
      classNames: ["class 0", "class 1"],
      imageNames: ["image 0", "image 1"],
      pixels: "bytes",
      pictures: { size: [8, 8], channels: 3, processor: null },
      config: CONFIG,
    });
  });

  it("keeps the numbers of images that no bytes stand for", async () => {
    const half = tf.fill([1, 8, 8, 3], 0.123) as tf.Tensor4D;
    const html = await explorerPage(model, half);
    half.dispose();
    expect(contentsOf(html).pixels).toBe("floats");
    expect(bytesOf(html, "images").readFloatLE(0)).toBeCloseTo(0.123, 6);
  });

  it("lets nothing run but its own script, and asks nothing of a network", async () => {
    const html = await explorerPage(model, images);
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] as string;
    const hash = createHash("sha256").update(script).digest("base64");
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).toContain(`script-src 'sha256-${hash}' 'wasm-unsafe-eval';`);
    expect(html.match(/<script>/g)).toHaveLength(1);
  });

  it("takes names of others for text", async () => {
    const title = '</script><script>alert("1")</script>';
    const html = await explorerPage(model, images, { title, classNames: ["<b>", "</script>"], language: "zh" });
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(contentsOf(html)).toMatchObject({ title, classNames: ["<b>", "</script>"], language: "zh" });
    expect(html).toContain('<html lang="zh">');
  });

  it.each<[string, ExplorerPageOptions]>([
    ['the language is "fr": give "en" or "zh"', { language: "fr" as "en" }],
    ["classNames is a list of 1: give 2 names, one for each class", { classNames: ["cat"] }],
    ["there is no image 2: give one from 0 to 1", { state: "i2" }],
    ['dtype is "F8": it must be one of F32, F16, BF16', { dtype: "F8" as "F16" }],
    ["explorerPage has no option heading: the options are title, classNames", { heading: "x" } as ExplorerPageOptions],
  ])("refuses: %s", async (message, options) => {
    await expect(explorerPage(model, images, options)).rejects.toThrow(VitlabError);
    await expect(explorerPage(model, images, options)).rejects.toThrow(message);
  });

  it("refuses a model with parts of someone's own, which a page can't make anew", async () => {
    const own = new ViT(CONFIG, { norm: (dim: number) => new RMSNorm(dim) });
    await expect(explorerPage(own as unknown as ViT, images)).rejects.toThrow(
      "norm of this model is of someone's own, which its config doesn't tell: an explorer's page would be read back as another model",
    );
    own.dispose();
  });

  it("refuses a weight that half precision doesn't hold", async () => {
    const large = new ViT(CONFIG, { seed: 1 });
    const state = large.stateDict();
    (state["head.bias"] as { data: Float32Array }).data[0] = 1e6;
    large.loadStateDict(state);
    await expect(explorerPage(large, images)).rejects.toThrow(
      "tensor head.bias holds 1000000, which is too large for F16",
    );
    expect(contentsOf(await explorerPage(large, images, { dtype: "F32" })).title).toBe("ViT");
    large.dispose();
  });

  it("leaves no tensors behind", async () => {
    const before = tf.memory().numTensors;
    await explorerPage(model, images);
    await explorerPage(model, images, { state: "i2" }).catch(() => {});
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("explorer(…).save", () => {
  it("writes the page with what is shown, whole or not at all", async () => {
    const dir = mkdtempSync(join(tmpdir(), "vitlab-save-"));
    const shown = explorer(model, images, { title: "small", language: "zh" });
    shown.go("i1.q2.b0.h1.x3");
    const before = tf.memory().numTensors;
    await shown.save(join(dir, "new", "page.html"));
    expect(tf.memory().numTensors).toBe(before);
    expect(contentsOf(readFileSync(join(dir, "new", "page.html"), "utf8"))).toMatchObject({
      title: "small",
      language: "zh",
      state: shown.stateText,
    });
    await expect(shown.save(join(dir, "page.png"))).rejects.toThrow("must end with .html");
    expect(readdirSync(dir)).toEqual(["new"]);
    shown.close();
    rmSync(dir, { recursive: true });
  });
});
