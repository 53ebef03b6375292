import { inLanguage } from "../base/language";
import type { Interval } from "../explain/judge/interval";
import type { Judgement } from "../explain/judge/judgement";
import { type IntervalsPanel, intervals } from "../figure/intervals";
import { CHANCE } from "../figure/level-line";
import type { PlotFigure } from "../figure/plot-figure";

/** A judgement as a figure: each measure in a panel, each method with its 95 % interval, beside the baselines. */
export function drawJudgement({ methods, against, chance, count }: Judgement): PlotFigure {
  const panel = (of: (i: number) => Interval | null, more: Partial<IntervalsPanel> = {}): IntervalsPanel => {
    const found = methods.map((_, i) => of(i) ?? { mean: Number.NaN, low: Number.NaN, high: Number.NaN });
    return {
      values: found.map(({ mean }) => mean),
      low: found.map(({ low }) => low),
      high: found.map(({ high }) => high),
      ...more,
    };
  };
  const panels: Record<string, IntervalsPanel> = {
    [inLanguage({ en: "deletion area", zh: "删除面积" })]: panel((i) => methods[i]?.deletion ?? null, {
      better: "lower",
    }),
    [inLanguage({ en: "insertion area", zh: "插入面积" })]: panel((i) => methods[i]?.insertion ?? null, {
      better: "higher",
    }),
    ...(against !== null && {
      [inLanguage({ en: `rank correlation with ${against}`, zh: `与 ${against} 的秩相关` })]: panel(
        (i) => methods[i]?.agreement ?? null,
      ),
    }),
    ...(chance !== null && {
      [inLanguage({ en: "points at what matters", zh: "指向关键处" })]: panel((i) => methods[i]?.points ?? null, {
        better: "higher",
        percent: true,
        level: { value: chance, label: inLanguage(CHANCE) },
      }),
    }),
  };
  return intervals(
    methods.map(({ method }) => method),
    panels,
    {
      title: {
        en: `How far explanations can be trusted: ${count} images, 95 % intervals`,
        zh: `解释有多可信：${count} 张图像，95 % 区间`,
      },
    },
  );
}
