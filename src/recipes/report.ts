import { join } from "node:path";
import { writeFileAtomic } from "../tensor/atomic-file";
import { VitlabError } from "../tensor/error";
import { MOST_JSON, readRegularFile } from "../tensor/read-regular-file";
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

/** What came of a recipe: everything that the model card tells. */
export interface RecipeReport {
  format: "vitlab-report/1";
  recipe: ModelRecipe;
  classNames: readonly string[];
  images: { train: number; validation: number; test: number };
  parameters: number;
  engine: string;
  curve: CurvePoint[];
  /** Wall-clock time of training and validation. */
  seconds: number;
  test: { accuracy: number; loss: number; perClass: Record<string, number> };
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
  const text = await readRegularFile(path, MOST_JSON).then(String, (error: unknown) => {
    if (error instanceof VitlabError) throw error;
    throw new VitlabError(`${dir} has no ${REPORT_FILE}: ${again}`);
  });
  let report: RecipeReport;
  try {
    report = JSON.parse(text);
  } catch {
    throw new VitlabError(`${path} is not JSON: it was changed or damaged; ${again}`);
  }
  if (report?.format !== "vitlab-report/1")
    throw new VitlabError(
      `${path} is not the report of a recipe (its format is ${JSON.stringify(report?.format)}): ${again}`,
    );
  return report;
}
