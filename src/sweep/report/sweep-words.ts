import { inLanguage } from "../../base/language";
import { plainText } from "../../base/plain-text";
import { showNumber, showPercent } from "../../figure/numbers";
import type { FullPlan } from "../plan";
import type { TrialState } from "../store";
import type { Importance } from "./importance";
import type { KnownSweep } from "./known-sweep";
import { afterEpochs, betterOf, monitorName, nameOf, variedInWords } from "./sweep-names";

/** As many points for each seed as this, and the best of them owes something to luck. */
const POINTS_A_SEED = 4;

/** What a sweep has shown, a fact a line. */
export function sweepWords(known: KnownSweep, found: Importance): string[] {
  const { plan, points, trials } = known;
  const failed = trials.filter(({ state }) => state === "failed");
  const error = failed.find(({ error }) => error !== null);
  const how = {
    grid: { en: "a grid", zh: "网格" },
    random: { en: "drawn", zh: "随机抽取" },
    asha: { en: "ASHA", zh: "ASHA" },
  };
  const better = inLanguage(
    betterOf(plan) === "lower" ? { en: "lower is better", zh: "越低越好" } : { en: "higher is better", zh: "越高越好" },
  );
  const [count, search] = [points.length, inLanguage(how[plan.search])];
  const seeds = plan.seeds.length;
  return [
    inLanguage({
      en: `${count} ${count === 1 ? "point" : "points"} (${search}), ${seeds === 1 ? "one seed" : `${seeds} seeds`} each, compared by ${monitorName(plan)}, ${better}`,
      zh: `${count} 个点（${search}），每个点 ${seeds} 个种子，按${monitorName(plan)}比较，${better}`,
    }),
    countsInWords(plan, trials),
    ...(error
      ? [
          inLanguage({
            en: `trial ${error.id + 1} failed: ${plainText(error.error!)}`,
            zh: `试验 ${error.id + 1} 失败：${plainText(error.error!)}`,
          }),
        ]
      : []),
    ...bestInWords(known),
    importanceInWords(known, found),
  ];
}

function countsInWords({ search }: FullPlan, trials: readonly TrialState[]): string {
  const early = search === "asha" ? { en: "stopped early", zh: "提前停止" } : { en: "paused", zh: "已暂停" };
  const states = [
    ["done", { en: "done", zh: "完成" }],
    ["paused", early],
    ["running", { en: "running", zh: "运行中" }],
    ["waiting", { en: "waiting", zh: "等待中" }],
    ["failed", { en: "failed", zh: "失败" }],
  ] as const;
  const counts = states.flatMap(([state, words]) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count > 0 ? [`${count} ${inLanguage(words)}`] : [];
  });
  const all = trials.length;
  return inLanguage({
    en: `${all} ${all === 1 ? "trial" : "trials"}: ${counts.join(", ") || "none"}`,
    zh: `${all} 次试验：${counts.join("，") || "无"}`,
  });
}

function bestInWords({ plan, points, best, settings }: KnownSweep): string[] {
  if (!best)
    return [inLanguage({ en: `no trial has a ${monitorName(plan)} yet`, zh: `还没有试验得到${monitorName(plan)}` })];
  const shown = plan.monitor === "validationAccuracy" ? showPercent : showNumber;
  const { mean, low, high, count, epochs, isFinal } = best;
  const after = afterEpochs(epochs);
  const chosen = variedInWords(best.settings, settings);
  const soFar = isFinal
    ? ""
    : inLanguage({ en: " so far, as no trial has come to its end", zh: "（暂时，尚无试验训练到底）" });
  const value = `${monitorName(plan)} ${shown(mean)}`;
  const overSeeds =
    low === null || high === null
      ? ""
      : inLanguage({
          en: `, the mean over ${count} seeds; 95 % interval ${shown(low)} to ${shown(high)}`,
          zh: `，${count} 个种子的平均值；95% 区间 ${shown(low)} 到 ${shown(high)}`,
        });
  const compared = points.filter((point) => point.count > 0).length;
  return [
    inLanguage({
      en: `best${soFar}: ${nameOf(best)}, ${value}${after}${overSeeds}${chosen ? `; ${chosen}` : ""}`,
      zh: `最好${soFar}：${nameOf(best)}，${value}${after}${overSeeds}${chosen ? `；${chosen}` : ""}`,
    }),
    ...(low === null
      ? [
          inLanguage({
            en: "it was trained with one seed: without an interval nobody knows how much of this is chance",
            zh: "它只用一个种子训练过：没有区间，无从知道其中有多少是偶然",
          }),
        ]
      : []),
    ...(compared >= POINTS_A_SEED * count
      ? [
          inLanguage({
            en: `the best of ${compared} points is partly the luckiest: its number is too good; train it again with new seeds`,
            zh: `${compared} 个点中最好的一个也有运气成分：它的数值偏于乐观；请用新的种子重新训练它`,
          }),
        ]
      : []),
  ];
}

function importanceInWords({ compared: { epoch } }: KnownSweep, found: Importance): string {
  const { shares, together, counted, leftOut, why } = found;
  if (why !== null) return inLanguage({ en: `what matters: ${why}`, zh: `重要性：${why}` });
  const list = shares.map(({ name, share }) => `${name} ${showPercent(share)}`).join(", ");
  const rest = inLanguage({ en: `several together ${showPercent(together)}`, zh: `多项共同 ${showPercent(together)}` });
  const out =
    leftOut > 0
      ? inLanguage({ en: `, ${leftOut} without a result left out`, zh: `，${leftOut} 个没有结果的未计入` })
      : "";
  const when =
    epoch === null
      ? ""
      : inLanguage({
          en: `, judged${afterEpochs(epoch)}, which all have`,
          zh: `，按各点都有的第 ${epoch} 轮后的值判断`,
        });
  return inLanguage({
    en: `what matters (share of the variance over ${counted} points${when}${out}): ${list}, ${rest}`,
    zh: `重要性（${counted} 个点的方差占比${when}${out}）：${list}, ${rest}`,
  });
}
