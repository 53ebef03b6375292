import { DisplayKind } from "../base/display-kind";
import { inLanguage } from "../base/language";
import type { EpochEvent } from "./events";
import type { EndReason, FitResult, TrainingSoFar } from "./fit-result";
import { percent } from "./percent";
import { duration } from "./plan";

/** How notebooks show a run, and what came of one. */
export const trainingDisplay = new DisplayKind<TrainingSoFar>();

/** How notebooks show epochs. */
export const historyDisplay = new DisplayKind<readonly EpochEvent[]>();

const REASONS: Readonly<Record<EndReason, string>> = {
  finished: "完成",
  early: "提前停止",
  stopped: "已停止",
  aborted: "已取消",
  interrupted: "被中断",
};

/** What came of a run, in a sentence. */
export function describeResult({ reason, history, steps, seconds, plan }: FitResult): string {
  const epochs = `${history.length} of ${plan.epochs} ${plan.epochs === 1 ? "epoch" : "epochs"}`;
  const end = reason === "finished" ? "finished" : `ended (${reason})`;
  const count = steps.toLocaleString("en-US");
  return inLanguage({
    en: `training ${end} after ${epochs} and ${count} steps in ${duration(seconds)}: ${describeHistory(history)}`,
    zh: `训练${reason === "finished" ? "完成" : `结束（${REASONS[reason]}）`}：${plan.epochs} 轮中的 ${history.length} 轮，${count} 步，用时 ${duration(seconds)}；${describeHistory(history)}`,
  });
}

/** What the last of some epochs came to, in words. */
export function describeHistory(history: readonly EpochEvent[]): string {
  const last = history.at(-1);
  if (!last) return inLanguage({ en: "no whole epoch", zh: "还没有完整的一轮" });
  const { trainLoss, validationLoss, validationAccuracy } = last;
  const loss = validationLoss === null ? "" : `, validation loss ${validationLoss.toFixed(3)}`;
  const accuracy = validationAccuracy === null ? "" : `, validation accuracy ${percent(validationAccuracy)}`;
  return inLanguage({
    en: `training loss ${trainLoss.toFixed(3)}${loss}${accuracy}`,
    zh: [
      `训练损失 ${trainLoss.toFixed(3)}`,
      ...(validationLoss === null ? [] : [`验证损失 ${validationLoss.toFixed(3)}`]),
      ...(validationAccuracy === null ? [] : [`验证准确率 ${percent(validationAccuracy)}`]),
    ].join("，"),
  });
}
