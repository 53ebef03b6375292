import { join } from "node:path";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { whileLocked } from "../../base/node/folder-lock";
import { cifar10 } from "../../data/cifar10";
import { describeDataset, subset } from "../../data/dataset";
import { pickClasses } from "../../data/pick-classes";
import type { Initialization } from "../../nn/initial";
import { recipeByName } from "../../recipes/by-name";
import { compareFinetuning, describeComparison } from "../../recipes/compare";
import { modelCard } from "../../recipes/model-card";
import type { ModelRecipe } from "../../recipes/model-recipe";
import { pixelBaseline } from "../../recipes/pixel-baseline";
import { type RecipeData, recipeData } from "../../recipes/recipe-data";
import { recipeModel, recipeOptions } from "../../recipes/recipe-run";
import { type Baselines, type RecipeReport, readReport, writeReport } from "../../recipes/report";
import { currentEngine, describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import { evaluate } from "../../train/evaluate";
import { fit } from "../../train/fit";
import type { FitResult } from "../../train/fit-result";
import { adam } from "../../train/optimizers/adam";
import { percent } from "../../train/percent";
import { ViT } from "../../vit/model";
import { presets } from "../../vit/presets";
import { openModel } from "../inputs/open-model";
import { printJson, printLine } from "../terminal/output";
import { costOf, sayTest } from "../training/say-test";
import { inTrainingSession, type TrainingSession } from "../training/training-session";

/** The options of `vitlab models train`. */
export interface RecipeArguments {
  out?: string;
  epochs?: number;
  seed?: number;
  initialization?: Initialization;
  optimizer?: ModelRecipe["optimizer"];
  learningRate?: number;
  trainCount?: number;
  baselines: boolean;
  saveEvery: number;
  engine?: EngineName;
  resume?: boolean;
  overwrite?: boolean;
  json?: boolean;
}

/** Trains one of the project's own models, measures it, and what it is held against. */
export async function runTrainRecipe(name: string, args: RecipeArguments): Promise<void> {
  const usual = recipeByName(name);
  const { epochs = usual.epochs, seed = usual.seed, initialization = usual.model.initialization } = args;
  const { optimizer = usual.optimizer, learningRate = usual.learningRate } = args;
  const model = { ...usual.model, initialization };
  const recipe: ModelRecipe = { ...usual, epochs, seed, optimizer, learningRate, model };
  const out = args.out ?? join("runs", recipe.name);
  const { resume, overwrite } = args;
  await inTrainingSession(args.json ?? false, { out, resume, overwrite }, async (session) => {
    session.say(describeEngine(await useEngine(args.engine, { quiet: true })));
    const all = await recipeData(recipe);
    const data = args.trainCount ? { ...all, train: subset(all.train, args.trainCount) } : all;
    for (const dataset of [data.train, data.validation, data.test]) session.say(describeDataset(dataset));
    const model = recipeModel(recipe, data.train.classNames.length);
    const about = { data: recipe.data, validation: null, recipe: recipe.name };
    const checkpoint = { dir: out, resume, overwrite, everySeconds: args.saveEvery, about };
    const run = fit(model, { ...recipeOptions(recipe, data, checkpoint), signal: session.signal });
    const result = await session.follow(run);
    if (result.reason !== "finished") return session.sayStopped(result, out);
    session.say(`saved in ${out}`);
    const measured = await sayTest(model, data.test, costOf(result), args.json ?? false, session);
    if (!measured) return;
    const perClass = measured.perClass.map(({ className, accuracy }) => ({ className, accuracy }));
    const test = { accuracy: measured.accuracy, loss: measured.loss, perClass };
    const report = makeReport(recipe, data, model, result, test);
    await writeReport(out, report);
    model.dispose();
    if (!args.baselines) return;
    const baselines = await trainBaselines(data, { out, overwrite, session });
    if (!baselines) return;
    await writeReport(out, { ...report, baselines });
    session.say(`report in ${join(out, "report.json")}; vitlab models card ${out} writes the model card`);
  });
}

/** Writes the model card of a folder, there or with the report into another. */
export async function runCard(folder: string, { out = folder }: { out?: string }): Promise<void> {
  const report = await readReport(folder);
  await whileLocked(out, async () => {
    if (out !== folder) await writeReport(out, report);
    await writeFileAtomic(join(out, "README.md"), modelCard(report));
  });
  const without = report.baselines ? "" : ", without baselines, which were not trained";
  printLine(`wrote ${join(out, "README.md")}${without}`);
}

/** The options of `vitlab models compare`. */
export interface CompareArguments {
  count: number;
  epochs: number;
  seeds: number;
  out?: string;
  engine?: EngineName;
  json?: boolean;
}

/** Compares fine-tuning on cats and dogs with training from scratch, and says mean and spread. */
export async function runCompare(folder: string, args: CompareArguments): Promise<void> {
  await inTrainingSession(true, null, async (session) => {
    session.say(describeEngine(await useEngine(args.engine, { quiet: true })));
    const { model } = await openModel(folder, session.say);
    const classes = ["cat", "dog"];
    const train = subset(pickClasses(await cifar10({ split: "train" }), classes), args.count);
    const test = pickClasses(await cifar10({ split: "test" }), classes);
    for (const dataset of [train, test]) session.say(describeDataset(dataset));
    const comparison = await compareFinetuning(model, {
      train,
      test,
      epochs: args.epochs,
      seeds: Array.from({ length: args.seeds }, (_, seed) => seed),
      signal: session.signal,
      follow: async (run, title) => {
        const result = await run;
        session.say(`${title}: training loss ${result.history.at(-1)?.trainLoss.toFixed(3) ?? "–"}`);
        return result;
      },
    });
    if (!comparison) return session.fail();
    if (args.out) await writeFileAtomic(args.out, `${JSON.stringify(comparison, null, 2)}\n`);
    if (args.json) printJson(comparison);
    else for (const line of describeComparison(comparison).split("\n")) printLine(line);
  });
}

function makeReport(
  recipe: ModelRecipe,
  { train, validation, test }: RecipeData,
  model: ViT,
  { history }: FitResult,
  measured: RecipeReport["test"],
): RecipeReport {
  return {
    format: "vitlab-report/2",
    recipe,
    classNames: train.classNames,
    images: { train: train.length, validation: validation.length, test: test.length },
    parameters: model.parameterCount().total,
    engine: describeEngine(currentEngine()).replace("vitlab: engine ", ""),
    curve: history.map(({ epoch, trainLoss, validationLoss, validationAccuracy, seconds }) => ({
      epoch,
      trainLoss,
      validationLoss,
      validationAccuracy,
      seconds,
    })),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
    test: measured,
    baselines: null,
  };
}

/** As the article trains: Adam at 1e-3, batches of 64, 5 epochs. */
const ARTICLE_EPOCHS = 5;

async function trainBaselines(
  data: RecipeData,
  { out, overwrite, session }: { out: string; overwrite?: boolean; session: TrainingSession },
): Promise<Baselines | null> {
  const { signal, say } = session;
  say("a linear classifier on pixels …");
  const linearOnPixels = await pixelBaseline(data, { signal }).catch((error) => {
    if (signal.aborted) return null;
    throw error;
  });
  if (!linearOnPixels) {
    session.fail();
    return null;
  }
  say(`linear classifier on pixels: test accuracy ${percent(linearOnPixels.testAccuracy)}`);
  say("the article's model …");
  const { train, validation, test } = data;
  const classes = train.classNames.length;
  const model = new ViT({ ...presets.articleSimpleViT, classes }, { seed: 0 });
  const dir = join(out, "article");
  const run = fit(model, {
    train,
    validation,
    epochs: ARTICLE_EPOCHS,
    optimizer: adam({ learningRate: 1e-3 }),
    signal,
    checkpoint: overwrite ? { dir, overwrite } : { dir, resume: true },
  });
  const result = await session.follow(run);
  if (result.reason !== "finished") {
    session.sayStopped(result, dir);
    return null;
  }
  const { accuracy } = await evaluate(model, test);
  say(`the article's model: test accuracy ${percent(accuracy)}`);
  const { epochs, seconds } = costOf(result);
  const articleModel = { epochs, seconds, parameters: model.parameterCount().total, testAccuracy: accuracy };
  model.dispose();
  return { chance: 1 / classes, linearOnPixels, articleModel };
}
