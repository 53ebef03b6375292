import type { Language } from "../../../base/language";
import { whole } from "../../../base/whole";
import type { Standing } from "../dashboard-view";

const EN = {
  dashboard: "Training dashboard",
  training: "Training",
  planning: "Planning: a few steps are timed before the first.",
  place: ({ phase, epoch, epochs, update, totalSteps }: Standing) =>
    `${phase === "paused" ? "Paused" : "Training"}: ${epoch} of ${epochs} epochs, ${whole(update)} of ${whole(totalSteps)} steps`,
  left: (time: string, clock: string | null) => `; about ${time} left${clock === null ? "" : `, until ${clock}`}`,
  seconds: (count: number) => `${count} s`,
  minutes: (count: number) => `${count} min`,
  hours: (count: number, minutes: number) => `${count} h ${minutes} min`,
  pause: "Pause",
  goOn: "Go on",
  stop: "Stop",
  set: "Set",
  learningRate: "Learning rate",
  learningRateField: "Learning rate from the next step on",
  lastStep: (rate: string) => `last step ${rate}`,
  alone: "No kernel answers: this is the last state that was saved.",
  // Charts.
  epoch: "epoch",
  readAt: (epoch: string, values: string) => `epoch ${epoch}: ${values}`,
  chartInWords: (title: string, unit: string, values: string, level: string | null) =>
    `${title}${unit ? ` in ${unit}` : ""}, now: ${values}${level === null ? "" : `; ${level}`}. Arrow keys read earlier values.`,
  // Pictures.
  predictions: (steps: number) => `Predictions after ${steps} steps`,
  imageOf: (label: string) => `image of ${label}`,
  isReally: (label: string) => `is ${label}`,
  attention: "Attention as it learns",
  brightest: (words: string) => `${words}; bright patches get the most`,
  attentionAfter: (steps: number, row: number, column: number) =>
    `attention after ${steps} steps, strongest in row ${row}, column ${column}`,
  step: (step: number) => `step ${step}`,
  // Settings.
  differs: "What differs from earlier runs",
  noSetting: "No setting: all have the same.",
  setting: "setting",
  more: (count: number) => `and ${count} more`,
  settings: "Settings that differ",
};

/** All that the panel says of itself. */
export type Words = typeof EN;

const ZH: Words = {
  dashboard: "训练面板",
  training: "训练",
  planning: "准备中：开始之前先给几步计时。",
  place: ({ phase, epoch, epochs, update, totalSteps }) =>
    `${phase === "paused" ? "已暂停" : "训练中"}：第 ${epoch}/${epochs} 轮，第 ${whole(update)}/${whole(totalSteps)} 步`,
  left: (time, clock) => `；约剩 ${time}${clock === null ? "" : `，到 ${clock}`}`,
  seconds: (count) => `${count} 秒`,
  minutes: (count) => `${count} 分钟`,
  hours: (count, minutes) => `${count} 小时 ${minutes} 分钟`,
  pause: "暂停",
  goOn: "继续",
  stop: "停止",
  set: "设定",
  learningRate: "学习率",
  learningRateField: "从下一步起的学习率",
  lastStep: (rate) => `上一步 ${rate}`,
  alone: "没有内核应答：这是最后保存的状态。",
  epoch: "轮次",
  readAt: (epoch, values) => `第 ${epoch} 轮：${values}`,
  chartInWords: (title, unit, values, level) =>
    `${title}${unit ? `（${unit}）` : ""}，目前：${values}${level === null ? "" : `；${level}`}。用方向键读取之前的值。`,
  predictions: (steps) => `${steps} 步之后的预测`,
  imageOf: (label) => `${label} 的图像`,
  isReally: (label) => `应为 ${label}`,
  attention: "注意力如何形成",
  brightest: (words) => `${words}；越亮的图像块得到的注意力越多`,
  attentionAfter: (steps, row, column) => `${steps} 步之后的注意力，最强处在第 ${row} 行第 ${column} 列`,
  step: (step) => `第 ${step} 步`,
  differs: "与之前的训练有何不同",
  noSetting: "没有不同：所有设置都一样。",
  setting: "设置",
  more: (count) => `还有 ${count} 项`,
  settings: "不同的设置",
};

/** By language. */
export const WORDS: Readonly<Record<Language, Words>> = { en: EN, zh: ZH };
