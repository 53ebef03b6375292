import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { imageToTensor } from "../../src/data/to-tensor";
import { hubTrace } from "../../src/hub/hub-trace";
import { type LoadedViT, loadViT } from "../../src/hub/load-vit";
import { saveViT } from "../../src/hub/save-vit";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { Golden } from "../support/golden";
import { hubEnvironment, repoOf, serveHub, type TinyHub } from "./hub-server";
import { safetensorsParts } from "./safetensors-parts";

const tiny = join(__dirname, "..", "goldens", "hf_vit_tiny");
const picture = join(__dirname, "..", "goldens", "processor", "noise_300x200.png");

let home: string;
let hub: TinyHub;
beforeEach(async () => {
  await useEngine("cpu", { quiet: true });
  home = mkdtempSync(join(tmpdir(), "vitlab-from-hub-"));
  hub = await serveHub(repoOf(tiny));
  for (const [name, value] of Object.entries(hubEnvironment(hub, home))) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(home, { recursive: true, force: true });
});

/** What a model answers to one picture, made ready by its own processor. */
async function answer({ model, imageProcessor }: LoadedViT): Promise<Float32Array> {
  const images = await imageProcessor().tensor([picture]);
  const logits = tf.tidy(() => model.forward(images).dataSync());
  images.dispose();
  return logits as Float32Array;
}

describe("loadViT of a repository", () => {
  it("downloads it once, says so, and is the model of the folder", async () => {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const remote = await loadViT("owner/tiny", { say });
    const local = await loadViT(tiny, { say: () => {} });
    expect(remote.folder.startsWith(join(home, "hub", "models--owner--tiny", "snapshots"))).toBe(true);
    expect(local.folder).toBe(tiny);
    expect(await answer(remote)).toEqual(await answer(local));
    expect(remote.processor).toEqual(local.processor);
    await saveViT(remote.model, join(home, "saved"), remote);
    const [saved, given] = [join(home, "saved"), remote.folder].map((dir) => ({
      processor: readFileSync(join(dir, "preprocessor_config.json"), "utf8"),
      weights: safetensorsParts(readFileSync(join(dir, "model.safetensors"))),
    }));
    expect(saved).toEqual(given);
    const asked = hub.requests.length;
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const again = await loadViT("owner/tiny", { say });
    expect(hub.requests.length).toBe(asked);
    for (const { model } of [remote, local, again]) model.dispose();
    expect(said.filter((text) => text.startsWith("downloading"))).toEqual([]);
  });

  it("says what is large, and how far it is to who listens", async () => {
    const repo = repoOf(tiny);
    const filler = Buffer.alloc(1_200_000, 32);
    // JSON may end in any number of spaces.
    repo.files["config.json"] = Buffer.concat([repo.files["config.json"] as Buffer, filler]);
    await hub.close();
    hub = await serveHub(repo);
    vi.stubEnv("HF_ENDPOINT", hub.url);
    const said: string[] = [];
    (await loadViT("owner/tiny", { say: (text) => said.push(text) })).model.dispose();
    expect(said[0]).toBe("downloading config.json: 2 MB, once");
    const heard: string[] = [];
    rmSync(join(home, "hub"), { recursive: true });
    const onProgress = ({ file }: { file: string }) => void heard.push(file);
    (await loadViT("owner/tiny", { say: (text) => said.push(text), onProgress })).model.dispose();
    expect([...new Set(heard)].sort()).toEqual(["config.json", "model.safetensors", "preprocessor_config.json"]);
  });

  it("gives the logits that transformers gives", async () => {
    const golden = new Golden("hf_vit_tiny/golden");
    const { model } = await loadViT("owner/tiny", { say: () => {} });
    const pixels = tf.tensor(golden.data("pixel_values"), golden.shape("pixel_values"));
    golden.expectClose("logits", hubTrace(model, pixels).logits?.data ?? []);
    pixels.dispose();
    model.dispose();
  });
});

describe("imageProcessor", () => {
  async function withProcessor(change: (fields: Record<string, unknown>) => object | null) {
    const folder = join(home, "changed");
    cpSync(tiny, folder, { recursive: true });
    const file = join(folder, "preprocessor_config.json");
    const changed = change(JSON.parse(readFileSync(file, "utf8")));
    if (changed) writeFileSync(file, JSON.stringify(changed));
    else rmSync(file);
    const said: string[] = [];
    const loaded = await loadViT(folder, { say: (text) => said.push(text) });
    loaded.model.dispose();
    return { ...loaded, said };
  }

  it("is that of preprocessor_config.json; where there is none, it has the model's size and gives [-1, 1]", async () => {
    const given = await withProcessor((fields) => ({ ...fields, resample: 3 }));
    expect(given.imageProcessor().config).toEqual(given.processor);
    const { imageProcessor, processor, said } = await withProcessor(() => null);
    expect([processor, said]).toEqual([undefined, []]);
    const images = await imageProcessor().tensor([picture]);
    expect(images.shape).toEqual([1, 30, 30, 3]);
    images.dispose();
    expect(imageProcessor().normalize).toEqual({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
  });

  it.each<[string, object, object]>([
    ["mean and deviation", { image_mean: [0.1, 0.2, 0.3], image_std: 2 }, { mean: [0.1, 0.2, 0.3], std: [2, 2, 2] }],
    ["none", { do_normalize: false }, { mean: [0, 0, 0], std: [1, 1, 1] }],
    ["another scale", { rescale_factor: 2 / 255 }, { mean: [0.25, 0.25, 0.25], std: [0.25, 0.25, 0.25] }],
  ])("and the model's config say the same of how bytes become numbers: %s", async (_, change, normalize) => {
    const { model, imageProcessor } = await withProcessor((fields) => ({ ...fields, ...change }));
    expect(model.config.normalize).toEqual(normalize);
    const pixels = Uint8Array.from({ length: 2700 }, (_, i) => (i * 7) % 256);
    const image = { width: 30, height: 30, channels: 3, pixels };
    const ours = imageToTensor(image, { normalize: model.config.normalize });
    const theirs = await imageProcessor().tensor([image]);
    const worst = tf.tidy(() => tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0]);
    expect(worst).toBeLessThan(1e-6);
    tf.dispose([ours, theirs]);
  });

  it("that fits no such model keeps it from nothing but pictures", async () => {
    const { imageProcessor, said } = await withProcessor((fields) => ({ ...fields, resample: 9 }));
    const wrong = "preprocessor_config.json: the image processor's resample is 9: give one of 0 (nearest)";
    expect(said.length).toBe(1);
    expect(said[0]).toContain(wrong);
    expect(imageProcessor).toThrow(wrong);
  });
});
