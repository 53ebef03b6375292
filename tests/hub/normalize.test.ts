import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadViT } from "../../src/hub/load-vit";
import { saveViT } from "../../src/hub/save-vit";
import { ViT } from "../../src/vit/model";

const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };
const normalize = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vitlab-normalize-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function normalizationIn(change: (processor: Record<string, unknown>) => object) {
  const path = join(dir, "model", "preprocessor_config.json");
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
  const { model } = await loadViT(join(dir, "model"));
  model.dispose();
  return model.config.normalize;
}

it("the way a model's images are normalized goes into preprocessor_config.json and comes back", async () => {
  const model = new ViT({ ...config, normalize });
  await saveViT(model, join(dir, "model"));
  model.dispose();
  expect(JSON.parse(readFileSync(join(dir, "model", "preprocessor_config.json"), "utf8"))).toMatchObject({
    image_mean: normalize.mean,
    image_std: normalize.std,
  });
  expect(await normalizationIn((fields) => fields)).toEqual(normalize);
  expect(await normalizationIn((fields) => ({ ...fields, do_normalize: false }))).toEqual({
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });
  expect(await normalizationIn(() => ({}))).toEqual({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
});
