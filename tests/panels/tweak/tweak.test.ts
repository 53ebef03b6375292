import { afterEach, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { Random } from "../../../src/base/random";
import { shapes } from "../../../src/data/shapes";
import { type Tweak, type TweakOptions, tweak } from "../../../src/panels/tweak/tweak";
import { tf } from "../../../src/tensor/tf";
import { fit } from "../../../src/train/fit";
import { planTraining } from "../../../src/train/plan";
import { completeConfig } from "../../../src/vit/complete-config";
import type { ViTConfig } from "../../../src/vit/config";
import { ViT } from "../../../src/vit/model";
import { presets } from "../../../src/vit/presets";
import { colors, microConfig } from "../../train/micro";
import { FakeKernel } from "../../widgets/fake-kernel";
import { shown } from "../shown";

const kernel = new FakeKernel();
afterEach(() => kernel.remove());

/** The control or note of a field, by the widget's description. */
function modelOf(description: string): { modelId: string } {
  const found = [...kernel.opened].find(([, state]) => state.description === description);
  if (!found) throw new Error(`no control is called ${description}`);
  return { modelId: found[0] };
}

/** What the front end shows of a value of the widgets now: what was said last. */
function latest(): string[] {
  const values = new Map([...kernel.opened].map(([id, state]) => [id, state.value]));
  for (const { id, data } of kernel.sent)
    if (data.method === "update" && "value" in (data.state as object))
      values.set(id, (data.state as { value: unknown }).value);
  return [...values.values()].filter((value) => typeof value === "string");
}

function formInNotebook(config: ViTConfig, options: TweakOptions = {}): Tweak {
  kernel.sent = [];
  kernel.install();
  return tweak(config, { timing: false, ...options });
}

describe("tweak", () => {
  it("gives back the config and the training that it was given, and what is changed by hand", () => {
    const form = tweak(presets.articleSimpleViT, { training: { epochs: 2, batchSize: 16 } });
    expect(form.config).toEqual(presets.articleSimpleViT);
    expect(form.training).toMatchObject({ epochs: 2, batchSize: 16, optimizer: { name: "adam", learningRate: 0.001 } });
    form.set({ dim: 64, dropout: null, optimizer: "sgd", schedule: "warmupCosine", warmupSteps: 3, clipNorm: 1 });
    const { dropout: _, ...rest } = presets.articleSimpleViT;
    expect(form.config).toEqual({ ...rest, dim: 64 });
    expect(form.training).toMatchObject({
      optimizer: { name: "sgd", learningRate: 0.01 },
      schedule: { name: "warmupCosine", settings: { warmupSteps: 3 } },
      clipNorm: 1,
    });
    expect(form.training).not.toHaveProperty("ema");
  });

  it("says at once what a model of any config has and costs, as the model itself says it", () => {
    const random = new Random(3);
    const pick = <T>(...of: T[]): T => of[random.integer(of.length)]!;
    const form = tweak(microConfig);
    for (let i = 0; i < 60; i++) {
      const heads = pick(1, 2, 4);
      const [norm, pool] = [pick("pre" as const, "post" as const), pick("cls" as const, "mean" as const)];
      form.set({
        ...{ heads, dim: heads * pick(4, 8, 12), depth: pick(1, 2, 3), mlpDim: pick(8, 40), norm, pool },
        patchSize: pick(2, 4, 8),
        imageSize: pick<ViTConfig["imageSize"]>(8, 16, [8, 16]),
        channels: pick(1, 3),
        classes: pick(2, 7),
        classToken: pool === "cls" ? true : pick(true, false),
        registerTokens: pick(0, 3),
        positions: pick("learned" as const, "none" as const),
        qkvBias: pick(true, false),
        finalNorm: pick(true, false, null),
      });
      const before = tf.memory().numTensors;
      const { cost } = form;
      expect(tf.memory().numTensors).toBe(before);
      const model = new ViT(form.config);
      expect(cost?.parameters).toEqual(model.parameterCount());
      model.dispose();
    }
  });

  it("has the operations of a plan, and a model that trains", async () => {
    const train = shapes({ count: 12, size: 32 });
    const form = tweak(
      { ...presets.tiny, classes: train.classNames.length },
      { train, training: { epochs: 1, batchSize: 6 } },
    );
    form.set({ dim: 32, depth: 1, mlpDim: 32, patchSize: 8 });
    const before = tf.memory().numTensors;
    const model = new ViT(form.config);
    const plan = await planTraining(model, { train, ...form.training, timing: false });
    expect(form.cost?.flopsPerExample).toBe(plan.flopsPerExample);
    const { history } = await fit(model, { train, ...form.training });
    expect(history).toHaveLength(1);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses a config that can't be, tells it beside the fields, and names the nearest that can", () => {
    const form = tweak(presets.articleSimpleViT);
    form.set({ heads: 5 });
    expect(() => form.config).toThrow(VitlabError);
    expect(() => form.config).toThrow("config.heads is 5, which does not divide dim 32");
    expect(form.cost).toBeNull();
    expect(form.problems).toEqual([expect.stringContaining("config.heads is 5")]);
    expect(String(form)).toContain("! 5 heads don't divide dim 32: 4 does");
    expect(String(form)).toContain("! 5 heads don't divide dim 32: they divide 30");
    form.set({ dim: 30 });
    expect(form.config).toMatchObject({ dim: 30, heads: 5 });
  });

  it("tells what doesn't fit the images that it is given", () => {
    const train = colors(6);
    const form = tweak({ ...microConfig, imageSize: 16, classes: 2 }, { train });
    expect(form.problems).toEqual([
      "imageSize: the images of colors train are 8x8",
      "classes: colors train has 3 classes",
    ]);
    expect(() => form.training).toThrow("imageSize: the images of colors train are 8x8");
    form.set({ imageSize: 8, classes: 3, schedule: "warmupCosine", warmupSteps: 5, epochs: 5 });
    expect(() => form.training).toThrow("warmupSteps: the run has 5 steps: 4 leaves one");
  });

  it("tells listeners of every change, until they have heard enough", () => {
    const form = tweak(microConfig);
    const seen: number[] = [];
    const stop = form.on("change", ({ values }) => seen.push(values.depth));
    form.set({ depth: 2 });
    stop();
    form.set({ depth: 3 });
    expect(seen).toEqual([2]);
    expect(() => form.on("changes" as "change", () => {})).toThrow('a form tells of "change" only');
  });

  it("times a step when asked, scales it by operations, and leaves nothing behind", async () => {
    const form = tweak(microConfig, { training: { batchSize: 4 } });
    expect(form.cost?.step).toBeNull();
    expect(String(form)).toContain("time: not known before a step is timed");
    const before = tf.memory().numTensors;
    await form.measure();
    expect(tf.memory().numTensors).toBe(before);
    const { seconds } = form.cost?.step ?? {};
    expect(form.cost?.step).toEqual({ seconds: expect.any(Number) });
    expect(String(form)).toMatch(/5 epochs of 10,000 images, without validation: .* a step of 4 images, timed here/);
    form.set({ epochs: 2 });
    expect(form.cost?.step).toEqual({ seconds });
    form.set({ batchSize: 8 });
    expect(form.cost?.step?.seconds).toBeCloseTo(2 * seconds!, 10);
    expect(String(form)).toMatch(/a step of 8 images, scaled by operations from one of .* that took/);
  });

  it.each<[string, () => unknown]>([
    ['the model\'s config is "tiny": give one of presets.', () => tweak("tiny" as never)],
    ["config has no field embedDim: did you mean dim?", () => tweak({ ...microConfig, embedDim: 8 } as never)],
    ["config.dim is 7.5: it must be a whole number", () => tweak({ ...microConfig, dim: 7.5 })],
    ["config.classes is undefined: it must be", () => tweak({ ...microConfig, classes: undefined as never })],
    [
      "tweak has no training field lr: did you mean learningRate?",
      () => tweak(microConfig, { training: { lr: 1 } as never }),
    ],
    ["epochs is 0: it must be a whole number, 1 or more", () => tweak(microConfig, { training: { epochs: 0 } })],
    ["tweak has no option epochs", () => tweak(microConfig, { epochs: 3 } as never)],
    ["tweak got a promise for train: give a data set", () => tweak(microConfig, { train: Promise.resolve() as never })],
    ["tweak has no field width: the fields are imageSize", () => tweak(microConfig).set({ width: 3 } as never)],
    ["config.depth is 0: it must be a whole number, 1 or more", () => tweak(microConfig).set({ depth: 0 })],
    ["config.dim is null: it must be a whole number", () => tweak(microConfig).set({ dim: null })],
  ])("refuses: %s", (sentence, mistake) => {
    expect(mistake).toThrow(VitlabError);
    expect(mistake).toThrow(sentence);
  });
});

describe("the form without comms", () => {
  it("is a table of every field in words and as HTML, with what it costs", async () => {
    const data = await shown(tweak(presets.articleSimpleViT));
    expect(Object.keys(data).sort()).toEqual(["text/html", "text/plain"]);
    for (const text of [data["text/plain"], data["text/html"]])
      for (const part of ["patchSize", "layerDecay", "279,018", "blocks", "MFLOP", "MB"]) expect(text).toContain(part);
    expect(data["text/plain"]).toMatch(/dim +32 +Length of a token/);
  });
});

describe("the form in a notebook", () => {
  it("speaks Chinese where that is asked for: groups, fields, costs and buttons", () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    try {
      const form = formInNotebook(presets.articleSimpleViT, { train: shapes({ split: "train", count: 100 }) });
      const lines = `${form}`.split("\n");
      expect(lines.filter((line) => !/\p{Script=Han}/u.test(line) && !/^-|^ {2}\w+: /.test(line))).toEqual([]);
      expect(`${form}`).toContain("每张图像前向加反向");
      const states = [...kernel.opened.values()];
      expect(states.map(({ _titles, titles }) => titles ?? _titles).find(Boolean)).toEqual([
        ...["图像", "标记", "编码器块", "分类头", "正则化", "训练"],
      ]);
      const tooltips = states.map(({ tooltip }) => tooltip).filter((text) => typeof text === "string");
      expect(tooltips.length).toBeGreaterThan(30);
      expect(tooltips.filter((text) => !/\p{Script=Han}/u.test(text as string))).toEqual([]);
      expect(states.map(({ description }) => description)).toContain("给一步计时");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("is a widget, and the table where widgets aren't shown", async () => {
    const data = await shown(formInNotebook(presets.tiny));
    expect(data).toHaveProperty(["application/vnd.jupyter.widget-view+json"]);
    expect(data["text/plain"]).toContain("patchSize");
    const [still] = kernel.shown.map(({ value }) => value as Record<string, string>);
    expect(still!["text/html"]).toMatch(/^<div class="vitlab-still">.*patchSize/s);
  });

  it("follows the front end: numbers, choices, flags, sizes and what may be left empty", () => {
    const form = formInNotebook(presets.tiny);
    kernel.update(modelOf("dim"), { value: 64 });
    kernel.update(modelOf("imageSize"), { value: "64x32" });
    kernel.update(modelOf("qkvBias"), { value: false });
    kernel.update(modelOf("norm"), { index: 1 });
    kernel.update(modelOf("clipNorm"), { value: "0.50" });
    expect(form.config).toEqual({ ...presets.tiny, dim: 64, imageSize: [64, 32], qkvBias: false, norm: "post" });
    expect(form.training.clipNorm).toBe(0.5);
    expect(kernel.said(modelOf("clipNorm")).filter(([method]) => method === "update")).toEqual([]);
    kernel.update(modelOf("clipNorm"), { value: "" });
    expect(form.training).not.toHaveProperty("clipNorm");
  });

  it("shows the count of a changed model, and what can't be beside its field", () => {
    const form = formInNotebook(presets.tiny);
    kernel.update(modelOf("depth"), { value: 2 });
    const total = new ViT(form.config).parameterCount().total.toLocaleString("en-US");
    expect(latest().some((value) => value.includes(total))).toBe(true);
    kernel.update(modelOf("heads"), { value: 5 });
    expect(
      latest().filter(
        (value) =>
          value.includes("5 heads don&#39;t divide dim 48: 4 does") ||
          value.includes("5 heads don't divide dim 48: 4 does"),
      ),
    ).toHaveLength(1);
    kernel.update(modelOf("clipNorm"), { value: "abc" });
    expect(latest().some((value) => value.includes("must be above 0"))).toBe(true);
    expect(() => form.training).toThrow("clipNorm is abc: it must be above 0");
  });

  it("moves the controls from code, and those that follow from others", () => {
    const form = formInNotebook(presets.tiny);
    form.set({ dim: 96, optimizer: "sgd" });
    expect(kernel.said(modelOf("dim"))).toEqual([["update", { value: 96 }]]);
    expect(kernel.said(modelOf("learningRate"))).toEqual([["update", { value: 0.01 }]]);
    kernel.update(modelOf("norm"), { index: 1 });
    expect(kernel.said(modelOf("finalNorm"))).toEqual([["update", { value: false }]]);
  });

  it("has the presets, the config it was given, and says where it is none of them", () => {
    const given = { ...presets.tiny, dim: 24 };
    const form = formInNotebook(given);
    const labels = [...kernel.opened.values()].find(({ description }) => description === "preset")?._options_labels;
    expect(labels).toEqual(["as given", ...Object.keys(presets), "your own"]);
    kernel.update(modelOf("preset"), { index: 4 });
    expect(completeConfig(form.config)).toEqual(completeConfig(presets.small));
    form.set({ depth: 5 });
    expect(kernel.said(modelOf("preset")).at(-1)).toEqual(["update", { index: 6 }]);
    kernel.update(modelOf("preset"), { index: 0 });
    expect(form.config).toEqual(given);
  });

  it("leaves no widget open when it is closed", () => {
    const form = formInNotebook(microConfig);
    form.close();
    expect(new Set(kernel.closed)).toEqual(new Set(kernel.opened.keys()));
  });
});
