import { join } from "node:path";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { writeFileAtomic } from "../base/node/atomic-file";
import { readJsonText } from "../base/node/json-file";
import { quoteJson } from "../base/quote-json";
import { DRAWN } from "../data/drawn-by-name";
import type { ClassResult } from "../train/evaluation";
import { completeConfig } from "../vit/complete-config";
import { storedConfig } from "../vit/stored-config";
import { checkNumbers } from "./check-numbers";
import { checkReport } from "./check-report";
import type { ModelRecipe } from "./model-recipe";
import type { PixelBaseline } from "./pixel-baseline";

/** One epoch of a training curve. */
export interface CurvePoint {
  epoch: number;
  trainLoss: number;
  validationLoss: number | null;
  validationAccuracy: number | null;
  seconds: number;
}

/** What a linear classifier, the article's model and guessing get on the same test images. */
export interface Baselines {
  chance: number;
  linearOnPixels: PixelBaseline;
  articleModel: { epochs: number; parameters: number; testAccuracy: number; seconds: number };
}

/** Share of the test images of a class that the model names rightly. */
export type ClassAccuracy = Pick<ClassResult, "className" | "accuracy">;

/** What came of a recipe: everything that the model card tells. */
export interface RecipeReport {
  format: "vitlab-report/2";
  recipe: ModelRecipe;
  classNames: readonly string[];
  images: { train: number; validation: number; test: number };
  parameters: number;
  engine: string;
  curve: CurvePoint[];
  /** Wall-clock time of training and validation. */
  seconds: number;
  test: { accuracy: number; loss: number; perClass: ClassAccuracy[] };
  /** Null until they are trained. */
  baselines: Baselines | null;
}

/** The file of a report in the folder of its model. */
export const REPORT_FILE = "report.json";

/** Writes a report beside its model, whole or not at all. */
export async function writeReport(dir: string, report: RecipeReport): Promise<void> {
  await writeFileAtomic(join(dir, REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`);
}

/** @throws VitlabError when the folder has no report, or one that can't be read. */
export async function readReport(dir: string): Promise<RecipeReport> {
  const path = join(dir, REPORT_FILE);
  const again = "train the model with vitlab models train";
  const text = await readJsonText(path).catch((error: unknown) => {
    if (error instanceof VitlabError) throw error;
    throw new VitlabError(`${dir} has no ${REPORT_FILE}: ${again}`);
  });
  let report: RecipeReport | FirstReport;
  try {
    report = JSON.parse(text);
  } catch {
    throw new VitlabError(`${path} is not JSON: it was changed or damaged; ${again}`);
  }
  checkNumbers(report, path);
  if (report?.format !== "vitlab-report/1" && report?.format !== "vitlab-report/2")
    throw new VitlabError(
      `${path} is not the report of a recipe (its format is ${quoteJson((report as Partial<RecipeReport> | null)?.format)}): ${again}`,
    );
  checkReport(report, path);
  const read = report.format === "vitlab-report/1" ? fromFirst(report) : report;
  if (!isPerClass(read.test.perClass))
    throw new VitlabError(`${path}: test.perClass doesn't tell the accuracy of each class: restore the file`);
  return withCheckedModel(withKnownData(read, path), path);
}

function isPerClass(list: unknown): boolean {
  return (
    Array.isArray(list) && list.every((one) => typeof one?.className === "string" && typeof one.accuracy === "number")
  );
}

/** @throws VitlabError naming the field of the recipe's model with which there is none. */
function withCheckedModel(report: RecipeReport, path: string): RecipeReport {
  try {
    completeConfig({ ...storedConfig({ ...report.recipe.model }), classes: Math.max(1, report.classNames.length) });
  } catch (error) {
    throw error instanceof VitlabError ? new VitlabError(`${path}: ${error.message}`) : error;
  }
  return report;
}

/** The report with the name that its data have today: there was one version of the shapes at first. */
function withKnownData(report: RecipeReport, path: string): RecipeReport {
  const told: unknown = report.recipe?.data;
  const data = told === "shapes" ? "shapes-v1" : told;
  if (data !== "cifar10" && !(typeof data === "string" && Object.hasOwn(DRAWN, data)))
    throw new VitlabError(
      `${path}: recipe.data is ${show(told)}; expected cifar10 or ${Object.keys(DRAWN).join(", ")}: restore the file`,
    );
  return { ...report, recipe: { ...report.recipe, data: data as ModelRecipe["data"] } };
}

/** As reports were at first: accuracies under the names of their classes, which whole numbers bring out of order. */
interface FirstReport extends Omit<RecipeReport, "format" | "test"> {
  format: "vitlab-report/1";
  test: { accuracy: number; loss: number; perClass: Readonly<Record<string, number>> };
}

function fromFirst({ test, ...report }: FirstReport): RecipeReport {
  const told = (test.perClass ?? {}) as Readonly<Record<string, number>>;
  const perClass = report.classNames.map((className) => ({ className, accuracy: told[className] as number }));
  return { ...report, format: "vitlab-report/2", test: { ...test, perClass } };
}
