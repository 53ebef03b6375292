import { afterAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { evaluate } from "../../src/train/evaluate";
import { finetune } from "../../src/train/finetune";
import { fit as train } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { linearProbe } from "../../src/train/linear-probe";
import { adam, adamW } from "../../src/train/optimizers/adam";
import { muon } from "../../src/train/optimizers/muon";
import { sgd } from "../../src/train/optimizers/sgd";
import { planTraining } from "../../src/train/plan";
import { warmupCosine } from "../../src/train/schedules";
import { ViT } from "../../src/vit/model";
import { withNewHead } from "../../src/vit/new-head";
import { colors, microModel } from "./micro";

const model = microModel();
afterAll(() => model.dispose());
const images = colors(6);
const least = { train: images, epochs: 1 };
const fit = (options?: unknown) => train(model, options as FitOptions);

describe("mistakes of plain JavaScript are taught", () => {
  it.each<[string, () => unknown]>([
    ["fit got no options: give data and epochs, as in fit(model, {", () => fit()],
    [
      "train is missing: give a data set, as in fit(model, { train: await cifar10(), epochs: 5 })",
      () => fit({ epochs: 1 }),
    ],
    ["train is a promise: await it, as in", () => fit({ ...least, train: Promise.resolve(images) })],
    ["train is a list: give a data set", () => fit({ ...least, train: [1, 2] })],
    ["validation is a promise: await it", () => fit({ ...least, validation: Promise.resolve(images) })],
    ["epochs is missing: say how often", () => fit({ train: images })],
    ["epochs is 0: it must be a whole number, 1 or more", () => fit({ ...least, epochs: 0 })],
    ["fit got undefined for a model: give a module, such as new ViT", () => train(undefined as unknown as ViT, least)],
    ["the model of fit is a promise: await it", () => train(Promise.resolve(model) as unknown as ViT, least)],
    ['optimizer is "rmsprop": it must be one of adam, adamw, muon, sgd', () => fit({ ...least, optimizer: "rmsprop" })],
    [
      "can't be made anew from its config: give one of tf.train",
      () => fit({ ...least, optimizer: { applyGradients: () => {} } }),
    ],
    ["optimizer is the function adam: call it", () => fit({ ...least, optimizer: adam })],
    ["optimizer is an object: give adam(), adamW(), muon(), sgd()", () => fit({ ...least, optimizer: {} })],
    ['loss is "mse": give a function', () => fit({ ...least, loss: "mse" })],
    ["labelSmoothing is for the default loss", () => fit({ ...least, loss: () => 0, labelSmoothing: 0.1 })],
    ['the metric f1 is "f1": give a function', () => fit({ ...least, validation: images, metrics: { f1: "f1" } })],
    ["metrics are measured on validation data, and there are none", () => fit({ ...least, metrics: { f1: () => 0 } })],
    ['a callback is "print": give functions', () => fit({ ...least, callbacks: "print" })],
    ["earlyStopping.patience is undefined", () => fit({ ...least, earlyStopping: {} })],
    [
      "earlyStopping monitors validationLoss, and there are no validation data",
      () => fit({ ...least, earlyStopping: { patience: 1 } }),
    ],
    [
      'earlyStopping monitors "f1", which no epoch tells: give one of validationLoss',
      () => fit({ ...least, validation: images, earlyStopping: { patience: 1, monitor: "f1" } }),
    ],
    ['schedule is "cosine": give constant() or', () => fit({ ...least, schedule: "cosine" })],
    ["augment is an object: give a function", () => fit({ ...least, augment: { flip: true } })],
    ["it belongs to the optimizer, as in optimizer: adam({ learningRate: 0.1 })", () => fit({ ...least, lr: 0.1 })],
    ["fit has no option learningRate: it belongs to", () => fit({ ...least, learningRate: 0.1 })],
    ["as in optimizer: sgd({ momentum: 0.9 })", () => fit({ ...least, momentum: 0.9 })],
    ["fit has no option batch_size: did you mean batchSize?", () => fit({ ...least, batch_size: 2 })],
    ["fit has no option epoch: did you mean epochs?", () => fit({ ...least, epoch: 2 })],
    ["fit has no option zebra: the options are train, validation,", () => fit({ ...least, zebra: 2 })],
    ["checkpoint has no option folder: did you mean dir?", () => fit({ ...least, checkpoint: { folder: "x" } })],
    ['checkpoint got "x" for its options: give one object with dir,', () => fit({ ...least, checkpoint: "x" })],
    ["checkpoint.dir is undefined: give the path of a folder", () => fit({ ...least, checkpoint: {} })],
    ["adam has no option lr: did you mean learningRate?", () => adam({ lr: 1 } as object)],
    ["adamW has no option weight_decay: did you mean weightDecay?", () => adamW({ weight_decay: 1 } as object)],
    ["adam got 0.01 for its options: give one object with learningRate,", () => adam(0.01 as never)],
    ["sgd has no option momentun: did you mean momentum?", () => sgd({ momentun: 0.9 } as object)],
    ["warmupCosine has no option warmup: did you mean warmupSteps?", () => warmupCosine({ warmup: 5 } as object)],
  ])("%s", (sentence, mistake) => {
    expect(mistake).toThrow(VitlabError);
    expect(mistake).toThrow(sentence);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["the data set of evaluate is missing: give", () => evaluate(model, undefined as never)],
    ["the data set of evaluate is a promise: await it", () => evaluate(model, Promise.resolve(images) as never)],
    ["evaluate has no option batch: did you mean batchSize?", () => evaluate(model, images, { batch: 5 } as object)],
    ["fit has no option batch: did you mean batchSize?", () => planTraining(model, { ...least, batch: 5 } as never)],
  ])("%s", async (sentence, mistake) => {
    const error = await mistake().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VitlabError);
    expect((error as Error).message).toContain(sentence);
  });
});

it.each(["adam", "adamw", "muon", "sgd"] as const)(
  "the name %s stands for the optimizer with its defaults",
  async (name) => {
    const losses: number[][] = [];
    for (const optimizer of [name, { adam, adamw: adamW, muon, sgd }[name]()]) {
      const own = microModel();
      const { history } = await train(own, { train: images, validation: images, epochs: 2, optimizer, timing: false });
      losses.push(history.map(({ validationLoss }) => validationLoss as number));
      own.dispose();
    }
    expect(losses[0]).toEqual(losses[1]);
  },
);

describe("a model that doesn't choose one class of several has nothing to learn from classes", () => {
  const hint = "give it a new head for these classes (withNewHead(model, ";

  it.each([
    [{ problemType: "multi_label_classification" }, "answers for each class by itself (multi_label_classification)"],
    [{ problemType: "regression" }, "answers with values (a regression)"],
    [{ classes: 1 }, "has 1 class only, which every image is of"],
  ] as const)("%j", async (config, what) => {
    const other = new ViT({ ...model.config, ...config });
    for (const run of [
      () => train(other, least),
      () => finetune(other, { train: images }),
      () => planTraining(other, least),
      () => evaluate(other, images),
      () => linearProbe(other, { train: images }),
    ])
      await expect((async () => run())()).rejects.toThrow(`and the model ${what}: ${hint}`);
    const fresh = withNewHead(other, images.classNames.length);
    expect(fresh.config.problemType).toBe("single_label_classification");
    await train(fresh, least);
    other.dispose();
    fresh.dispose();
  });
});
