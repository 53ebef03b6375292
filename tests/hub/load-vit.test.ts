import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hubTrace } from "../../src/hub/hub-trace";
import { type LoadedViT, loadViT } from "../../src/hub/load-vit";
import { FILE_NAMES, headRows, type WeightRow, weightTable } from "../../src/hub/weight-table";
import type { StateDict } from "../../src/nn/module";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";

const folderOf = (name: string) => join(__dirname, "..", "goldens", name);

/** Some query rows, and the mean over the queries, of attention `[batch, heads, tokens, tokens]`. */
function expectAttention(golden: Golden, name: string, trace: StateDict): void {
  const { shape, data } = trace[name.replace("interpolated/", "")] as StateDict[string];
  if (golden.names(name).includes("")) {
    golden.expectClose(name, data);
    return;
  }
  const { rows } = golden.entry(`${name}.rows`) as unknown as { rows: number[] };
  tf.tidy(() => {
    const weights = tf.tensor(data, [...shape]);
    golden.expectClose(`${name}.rows`, tf.gather(weights, tf.tensor1d(rows, "int32"), 2));
    golden.expectClose(`${name}.query_mean`, tf.mean(weights, 2));
  });
}

onEveryEngine("a model of transformers'", () => {
  for (const name of ["hf_vit_tiny", "hf_vit_micro"]) {
    const golden = new Golden(`${name}/golden`);
    const { labels: classes, parameter_count: count } = golden.json.scalars as {
      labels: number[];
      parameter_count: number;
    };
    const said: string[] = [];
    let loaded: LoadedViT;
    let pixels: Tensor;

    beforeAll(async () => {
      loaded = await loadViT(folderOf(name), { say: (text) => said.push(text) });
      pixels = golden.tensor("pixel_values");
    });
    afterAll(() => {
      loaded.model.dispose();
      pixels.dispose();
    });

    it(`${name}: is read without a word`, () => {
      expect(said).toEqual([]);
      expect(loaded.newHead).toBe(false);
      expect(loaded.dtype).toBe("F32");
      expect(loaded.model.parameterCount().total).toBe(count);
      expect(loaded.classNames).toEqual(loaded.classNames.map((_, i) => `LABEL_${i}`));
      expect(loaded.imageSize).toEqual(golden.shape("pixel_values").slice(2));
      expect(loaded.processor).toMatchObject({ image_processor_type: "ViTImageProcessor", resample: 2 });
    });

    it(`${name}: logits, hidden states and attention`, () => {
      const before = tf.memory().numTensors;
      const trace = hubTrace(loaded.model, pixels);
      expect(tf.memory().numTensors, "tensors left behind").toBe(before);
      const { depth } = loaded.model.config;
      for (const key of [
        "logits",
        "last_hidden_state",
        ...Array.from({ length: depth + 1 }, (_, i) => `hidden_states.${i}`),
      ]) {
        golden.expectClose(key, (trace[key] as StateDict[string]).data);
        expect((trace[key] as StateDict[string]).shape).toEqual(golden.shape(key));
      }
      for (let i = 0; i < depth; i++) expectAttention(golden, `attentions.${i}`, trace);
      tf.tidy(() => golden.expectClose("logits", loaded.model.forward(golden.images("pixel_values"))));
    });

    it(`${name}: interpolated positions`, () => {
      const other = golden.tensor("interpolated/pixel_values");
      const before = tf.memory().numTensors;
      const trace = hubTrace(loaded.model, other, { interpolatePositions: true });
      expect(tf.memory().numTensors, "tensors left behind").toBe(before);
      for (const key of ["logits", "last_hidden_state"])
        golden.expectClose(`interpolated/${key}`, (trace[key] as StateDict[string]).data);
      for (let i = 0; i < loaded.model.config.depth; i++)
        expectAttention(golden, `interpolated/attentions.${i}`, trace);
      const [rows, columns] = golden.json.scalars.interpolated_grid as [number, number];
      const positions = loaded.model.embeddings.positions({ rows, columns });
      golden.expectClose("interpolated/position_embeddings", positions as Tensor);
      positions?.dispose();
      const [height, width] = loaded.imageSize;
      expect(() => hubTrace(loaded.model, other)).toThrow(`the model was made for ${height}x${width}`);
      other.dispose();
    });

    it(`${name}: the gradient of every parameter`, () => {
      const { model } = loaded;
      const images = golden.images("pixel_values");
      const labels = tf.tensor1d(classes, "int32");
      const { value, grads } = tf.variableGrads(() => crossEntropy(model.forward(images), labels), model.parameters());
      golden.expectClose("loss", value);
      const parameters = model.namedParameters();
      const compared = rowsOf(model.config).flatMap((row) => {
        const gradient = grads[parameters.get(row.ours)?.name as string] as Tensor;
        const parts = row.write({ shape: gradient.shape, data: gradient.dataSync() as Float32Array });
        row.theirs.forEach((theirs, i) => {
          golden.expectClose(`grad/${theirs}`, (parts[i] as StateDict[string]).data);
        });
        return row.theirs;
      });
      expect(compared.sort()).toEqual(golden.names("grad/").sort());
      tf.dispose([images, labels, value, ...Object.values(grads)]);
    });
  }

  it("a head for another number of classes is drawn anew, and said so", async () => {
    const golden = new Golden("hf_vit_micro/golden");
    const said: string[] = [];
    const folder = folderOf("hf_vit_micro");
    const { model, newHead, classNames } = await loadViT(folder, {
      classes: 10,
      seed: 3,
      say: (text) => said.push(text),
    });
    expect(said).toEqual([
      `${folder}: its head has 21 classes; new head for 10 classes, drawn at random: train it before you trust its answers`,
    ]);
    expect(newHead).toBe(true);
    expect(classNames).toEqual(Object.values(golden.json.scalars.fresh_id2label as Record<string, string>));
    const fresh = [...model.head.weight.dataSync()];
    const deviation = Math.sqrt(fresh.reduce((sum, value) => sum + value * value, 0) / fresh.length);
    expect(deviation).toBeGreaterThan(0.015);
    expect(deviation).toBeLessThan(0.02);
    expect([...(model.head.bias?.dataSync() ?? [])]).toEqual(new Array(10).fill(0));

    tf.tidy(() => {
      model.head.weight.assign(tf.transpose(golden.tensor("replaced/classifier.weight")));
      model.head.bias?.assign(golden.tensor("replaced/classifier.bias"));
    });
    tf.tidy(() => {
      const images = golden.images("pixel_values");
      golden.expectClose("replaced/logits", model.forward(images));
      const { value, grads } = tf.variableGrads(
        () => crossEntropy(model.forward(images), golden.tensor("replaced/labels").toInt() as never),
        model.parameters(),
      );
      golden.expectClose("replaced/loss", value);
      const weight = grads[model.head.weight.name] as Tensor;
      golden.expectClose("replaced/grad/classifier.weight", tf.transpose(weight));
      golden.expectClose("replaced/grad/classifier.bias", grads[model.head.bias?.name as string] as Tensor);
    });
    model.dispose();
  });

  it("the same seed draws the same head, another seed another", async () => {
    const draw = async (seed?: number) => {
      const { model } = await loadViT(folderOf("hf_vit_micro"), { classes: 3, seed, say: () => {} });
      const head = [...model.head.weight.dataSync()];
      model.dispose();
      return head;
    };
    expect(await draw(0)).toEqual(await draw());
    expect(await draw(1)).not.toEqual(await draw());
  });
});

function rowsOf(config: LoadedViT["model"]["config"]): WeightRow[] {
  return [...weightTable(config, "vit.", FILE_NAMES), ...headRows(config.classes, config.dim)];
}
