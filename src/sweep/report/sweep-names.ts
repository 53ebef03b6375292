import { inLanguage } from "../../base/language";
import { plainText } from "../../base/plain-text";
import type { FullPlan } from "../plan";
import { type ChosenSettings, describeSettings } from "../space";
import type { SweepPoint } from "../sweep-points";
import type { ShownSetting } from "./varied-settings";

/** A point as readers count it. */
export function nameOf({ point }: Pick<SweepPoint, "point">): string {
  return inLanguage({ en: `point ${point + 1}`, zh: `点 ${point + 1}` });
}

/** What is monitored. */
export function monitorName({ monitor }: Pick<FullPlan, "monitor">): string {
  return inLanguage(
    monitor === "validationLoss"
      ? { en: "validation loss", zh: "验证损失" }
      : { en: "validation accuracy", zh: "验证准确率" },
  );
}

/** The same, as measured after so many epochs. */
export function monitorAfter(plan: FullPlan, epochs: number): string {
  const name = monitorName(plan);
  return inLanguage({ en: `${name}${afterEpochs(epochs)}`, zh: `${epochs} 轮后的${name}` });
}

/** Which values of it are the better ones. */
export function betterOf({ monitor }: Pick<FullPlan, "monitor">): "lower" | "higher" {
  return monitor === "validationLoss" ? "lower" : "higher";
}

/** Goes behind what was measured then. */
export function afterEpochs(epochs: number): string {
  return inLanguage({ en: ` after ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`, zh: `（${epochs} 轮后）` });
}

/** The settings of a point that others have otherwise. */
export function variedInWords(point: ChosenSettings, settings: readonly ShownSetting[]): string {
  const chosen = settings.flatMap(({ name }) => (name in point ? [[name, point[name]!]] : []));
  return plainText(describeSettings(Object.fromEntries(chosen)));
}
