import type { Tensor, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random";
import { SelfAttention } from "../../../src/nn/attention";
import { RMSNorm } from "../../../src/nn/rms-norm";
import { rotary1d } from "../../../src/nn/rotary";
import { SwiGLU } from "../../../src/nn/swiglu";
import { ExplorerModel } from "../../../src/panels/explorer/explorer-model";
import {
  type ExplorerEdits,
  type ExplorerState,
  firstState,
  NO_EDITS,
} from "../../../src/panels/explorer/explorer-state";
import { BLOCK_PARTS, FIRST_PARTS, LAST_PARTS } from "../../../src/panels/explorer/parts/part-names";
import { useEngine } from "../../../src/tensor/node/engine";
import { tf } from "../../../src/tensor/tf";
import type { ViTConfig } from "../../../src/vit/config";
import { ViT } from "../../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../../support/engines";

const CONFIG: ViTConfig = {
  imageSize: [8, 12],
  patchSize: 4,
  dim: 16,
  depth: 3,
  heads: 4,
  mlpDim: 24,
  classes: 5,
  initialization: "torch",
};

/** Two images of bytes, as a model takes them. */
function imagesFor(channels = 3): Tensor4D {
  const random = new Random(7);
  const values = Array.from({ length: 2 * 8 * 12 * channels }, () => ((random.uint32() % 256) / 255 - 0.5) / 0.5);
  return tf.tensor4d(values, [2, 8, 12, channels]);
}

function withExplorer(model: ViT, run: (explorer: ExplorerModel, images: Tensor4D) => void): void {
  const images = imagesFor(model.config.channels);
  const explorer = new ExplorerModel(model, images, { classNames: ["ant", "bee", "cat", "dog", "elk"] });
  try {
    run(explorer, images);
  } finally {
    explorer.dispose();
    images.dispose();
    model.dispose();
  }
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const most = Math.max(...Array.from(actual, (value, i) => Math.abs(value - (expected[i] as number))));
  expect(most, what).toBeLessThan(1e-4);
}

const edited = (explorer: ExplorerModel, edits: Partial<ExplorerEdits>, of: Partial<ExplorerState> = {}) =>
  explorer.view({ ...firstState(explorer.about.limits), ...of, edits: { ...NO_EDITS, ...edits } });

/** Changes a parameter in place, number by number. */
function change(parameter: Variable | null, to: (value: number, row: number, column: number) => number): void {
  const { shape } = parameter as Variable;
  const columns = shape.at(-1) as number;
  const values = (parameter as Variable).dataSync().map((value, i) => to(value, Math.floor(i / columns), i % columns));
  tf.tidy(() => parameter?.assign(tf.tensor(values, shape)));
}

/** What the model answers once it is changed for good, or the image is, instead of edited. */
const SAME_WITHOUT_EDITS: [
  edits: Partial<ExplorerEdits>,
  change: (model: ViT, image: Tensor4D) => Tensor | undefined,
][] = [
  [{ positions: "dropped" }, (model) => void change(model.embeddings.positionEmbedding, () => 0)],
  [
    {
      heads: [
        [1, 2],
        [1, 0],
      ],
    },
    (model) =>
      void change((model.blocks[1] as ViT["blocks"][0]).attention.projection.weight, (value, row) =>
        [2, 0].includes(Math.floor(row / 4)) ? 0 : value,
      ),
  ],
  [
    { mlps: [0] },
    ({ blocks: [block] }) => {
      change((block as ViT["blocks"][0]).mlp.fc2.weight, () => 0);
      change((block as ViT["blocks"][0]).mlp.fc2.bias, () => 0);
      return undefined;
    },
  ],
  [
    { blocks: [2], mlps: [2] },
    ({ blocks }) => {
      const { attention, mlp } = blocks[2] as ViT["blocks"][0];
      for (const layer of [attention.projection, mlp.fc2]) {
        change(layer.weight, () => 0);
        change(layer.bias, () => 0);
      }
      return undefined;
    },
  ],
  [
    { temperature: 2.5 },
    ({ blocks }) => {
      for (const { attention } of blocks) {
        change(attention.qkv.weight, (value, _, column) => (column < 16 ? value / 2.5 : value));
        change(attention.qkv.bias, (value, _, column) => (column < 16 ? value / 2.5 : value));
      }
      return undefined;
    },
  ],
  [
    {
      swapped: [
        [0, 5],
        [5, 1],
      ],
    },
    (_, image) => moved(image, [5, 0, 2, 3, 4, 1]),
  ],
  [{ painted: [1, 4] }, (_, image) => painted(image, [1, 4])],
  [{ swapped: [[0, 5]], painted: [0] }, (_, image) => painted(moved(image, [5, 1, 2, 3, 4, 0]), [0])],
];

/** The image with the patches of `order` at their places, pixel by pixel. */
function moved(image: Tensor4D, order: readonly number[]): Tensor4D {
  const from = image.arraySync();
  const to = image.arraySync();
  order.forEach((source, place) => {
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++)
        to[0]![4 * Math.floor(place / 3) + y]![4 * (place % 3) + x] =
          from[0]![4 * Math.floor(source / 3) + y]![4 * (source % 3) + x]!;
  });
  return tf.tensor4d(to);
}

function painted(image: Tensor4D, places: readonly number[]): Tensor4D {
  const to = image.arraySync();
  const mean = tf.tidy(() => tf.mean(image, [0, 1, 2]).arraySync()) as number[];
  for (const place of places)
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) to[0]![4 * Math.floor(place / 3) + y]![4 * (place % 3) + x] = mean;
  return tf.tensor4d(to);
}

onEveryEngine("an explorer's model", () => {
  it("shows the numbers of model.run", () => {
    withExplorer(new ViT(CONFIG, { seed: 3 }), (explorer, images) => {
      const model = new ViT(CONFIG, { seed: 3 });
      const image = tf.slice(images, [1, 0, 0, 0], [1, 8, 12, 3]);
      const { logits, trace } = model.run(image);
      const answers = model.predict(image);
      for (const query of ["class", 4] as const) {
        const view = explorer.view({ ...firstState(explorer.about.limits), image: 1, query });
        const token = query === "class" ? 0 : 1 + query;
        expectNear(view.answers, answers.dataSync(), "answers");
        expectNear(view.unedited, answers.dataSync(), "unedited");
        expectNear(view.lens.slice(-5), query === "class" ? answers.dataSync() : view.lens.slice(-5), "lens");
        for (let block = 0; block < 3; block++) {
          const weights = trace.get<Tensor4D>(`blocks.${block}.attention.weights`).arraySync()[0]!;
          expectNear(
            view.attention.slice(block * 4 * 7, (block + 1) * 4 * 7),
            weights.flatMap((head) => head[token]!),
            `attention of block ${block}`,
          );
          const output = (trace.get(`blocks.${block}.output`).arraySync() as number[][][])[0]!;
          expectNear(view.stream.slice((block + 1) * 16, (block + 2) * 16), output[token]!, "stream");
          expectNear(
            view.lengths.slice((block + 1) * 7, (block + 2) * 7),
            output.map((row) => Math.hypot(...row)),
            "lengths",
          );
        }
        const bytes = image.dataSync().map((value) => Math.round((value * 0.5 + 0.5) * 255));
        expect([...view.pixels]).toEqual([...bytes]);
      }
      tf.dispose([image, logits, answers]);
      trace.dispose();
      model.dispose();
    });
  });

  it.each(SAME_WITHOUT_EDITS)("answers to %j as a model or image that is so", (edits, change) => {
    withExplorer(new ViT(CONFIG, { seed: 3 }), (explorer, images) => {
      const model = new ViT(CONFIG, { seed: 3 });
      const image = tf.slice(images, [0, 0, 0, 0], [1, 8, 12, 3]);
      const other = (change(model, image) ?? image) as Tensor4D;
      const view = edited(explorer, edits);
      const answers = model.predict(other);
      expectNear(view.answers, answers.dataSync(), JSON.stringify(edits));
      expect(Math.max(...view.answers.map((value, i) => Math.abs(value - view.unedited[i]!)))).toBeGreaterThan(1e-3);
      tf.dispose([image, other, answers]);
      model.dispose();
    });
  });

  it("shuffles patches and positions by seed, and leaves no tensor behind", () => {
    expectNoLeak(() =>
      withExplorer(new ViT(CONFIG, { seed: 3 }), (explorer) => {
        const [a, again, other] = [1, 1, 2].map((seed) => edited(explorer, { shuffled: seed }));
        expect(a!.pixels).toEqual(again!.pixels);
        expect(a!.pixels).not.toEqual(other!.pixels);
        const places = edited(explorer, { positions: 1 });
        expect(places.pixels).toEqual(edited(explorer, {}).pixels);
        expect(places.answers).not.toEqual(places.unedited);
      }),
    );
  });
});

const seeded = { seed: 5 };
const MODELS: [name: string, make: () => ViT][] = [
  ["a pre-norm ViT", () => new ViT(CONFIG, seeded)],
  ["a post-norm ViT", () => new ViT({ ...CONFIG, norm: "post", activation: "relu" }, seeded)],
  ["mean pooling without a class token", () => new ViT({ ...CONFIG, pool: "mean", classToken: false }, seeded)],
  [
    "DeiT's distillation token and registers",
    () => new ViT({ ...CONFIG, distillationToken: true, registerTokens: 2 }, seeded),
  ],
  [
    "one channel, other order",
    () => new ViT({ ...CONFIG, channels: 1, patchOrder: "hwc", positions: "sincos2d" }, seeded),
  ],
  ["several classes at once", () => new ViT({ ...CONFIG, problemType: "multi_label_classification" }, seeded)],
  ["a regression", () => new ViT({ ...CONFIG, problemType: "regression" }, seeded)],
  [
    "grouped queries",
    () =>
      new ViT(CONFIG, { ...seeded, attention: (dim, options) => new SelfAttention(dim, { ...options, kvHeads: 2 }) }),
  ],
  [
    "rotary positions",
    () =>
      new ViT(CONFIG, {
        ...seeded,
        attention: (dim, options) => new SelfAttention(dim, { ...options, rotary: rotary1d() }),
      }),
  ],
  [
    "other modules",
    () =>
      new ViT(CONFIG, {
        ...seeded,
        norm: (dim) => new RMSNorm(dim),
        mlp: (dim, hidden, { random }) => new SwiGLU(dim, hidden, { random }),
      }) as unknown as ViT,
  ],
];

describe.each(MODELS)("the formulas of %s", (_, make) => {
  it("come to what the model computes, for every part", async () => {
    await useEngine(undefined, { quiet: true });
    withExplorer(make(), (explorer) => {
      const start = firstState(explorer.about.limits);
      const names = [
        ...FIRST_PARTS,
        ...[0, 2].flatMap((block) => BLOCK_PARTS.map((part) => `blocks.${block}.${part}`)),
        ...LAST_PARTS,
      ];
      const queries = [start.query, 4] as const;
      for (const part of names)
        for (const query of queries)
          for (const temperature of [1, 0.5]) {
            const edits = { ...NO_EDITS, temperature };
            const { part: shown, answers } = explorer.view({ ...start, query, head: 2, key: 3, part, edits });
            const said = `${part} of ${query}`;
            expect(shown?.name).toBe(part);
            expect(Math.abs(shown!.computed - shown!.value), said).toBeLessThan(1e-4);
            expect(shown!.lines.length, said).toBeGreaterThan(0);
            expect(shown!.lines.join(" "), said).not.toMatch(/NaN|undefined|Infinity/);
            expect(shown!.source.code, said).not.toBe("");
            if (part === "answers") expectNear(shown!.vectors.at(-1)!.values, answers, said);
          }
    });
  });
});

describe("the formulas", () => {
  it("say what is switched off", () => {
    withExplorer(new ViT(CONFIG, seeded), (explorer) => {
      const lines = (edits: Partial<ExplorerEdits>, part: string) => {
        const shown = edited(explorer, edits, { part, head: 1 }).part!;
        expect(Math.abs(shown.computed - shown.value)).toBeLessThan(1e-4);
        return [shown.formula, ...shown.lines].join("\n");
      };
      expect(lines({ heads: [[0, 1]] }, "blocks.0.attention.heads")).toContain("switched off");
      expect(lines({ mlps: [0] }, "blocks.0.mlp.output")).toContain("switched off");
      expect(lines({ blocks: [0] }, "blocks.0.output")).toContain("switched off");
      expect(lines({ painted: [0] }, "blocks.0.output")).not.toContain("switched off");
    });
  });

  it("have the numbers in them", () => {
    withExplorer(new ViT(CONFIG, seeded), (explorer) => {
      const { part } = edited(explorer, {}, { part: "blocks.1.attention.scores", block: 1, head: 3, query: 2, key: 5 });
      const [q, k] = ["query", "key"].map((label) => part!.vectors.find((vector) => vector.label === label)!.values);
      const product = [...q!].reduce((sum, value, i) => sum + value * k![i]!, 0);
      expect(part!.formula).toBe("s = q · k / sqrt(d)");
      expect(part!.lines[1]).toContain("/ sqrt(4) =");
      expect(part!.value).toBeCloseTo(product / 2, 5);
    });
  });
});

describe("what an explorer refuses", () => {
  it("says in one sentence", async () => {
    await useEngine(undefined, { quiet: true });
    const images = imagesFor();
    const model = new ViT(CONFIG, seeded);
    expect(() => new ExplorerModel(model, images, { classNames: ["a"] })).toThrow(
      "classNames is a list of 1: give 5 names, one for each class",
    );
    const over = new ViT({ ...CONFIG, attentionOverBatch: true });
    expect(() => new ExplorerModel(over, images)).toThrow("attends between the images of a batch");
    expect(() => new ExplorerModel("vit" as never, images)).toThrow("give a ViT");
    const explorer = new ExplorerModel(model, images);
    const start = firstState(explorer.about.limits);
    expect(() => explorer.view({ ...start, image: 2 })).toThrow("there is no image 2: give one from 0 to 1");
    expect(() => explorer.view({ ...start, part: "blocks.9.output" })).toThrow('there is no part "blocks.9.output"');
    expect(() => edited(explorer, { temperature: 0 })).toThrow("the temperature is 0: give a number from 0.1 to 10");
    explorer.view(start);
    model.dispose();
    expect(() => edited(explorer, { painted: [1] })).toThrow(/disposed/);
    explorer.dispose();
    expect(() => explorer.view(start)).toThrow("this explorer is closed");
    over.dispose();
    images.dispose();
  });
});
