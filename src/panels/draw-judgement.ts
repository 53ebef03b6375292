import type { Interval } from "../explain/judge/interval";
import type { Judgement } from "../explain/judge/judgement";
import { type IntervalsPanel, intervals } from "../figure/intervals";
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
    "deletion area": panel((i) => methods[i]?.deletion ?? null, { better: "lower" }),
    "insertion area": panel((i) => methods[i]?.insertion ?? null, { better: "higher" }),
    ...(against !== null && { [`rank correlation with ${against}`]: panel((i) => methods[i]?.agreement ?? null) }),
    ...(chance !== null && {
      "points at what matters": panel((i) => methods[i]?.points ?? null, {
        better: "higher",
        percent: true,
        level: { value: chance, label: "chance" },
      }),
    }),
  };
  return intervals(
    methods.map(({ method }) => method),
    panels,
    { title: `How far explanations can be trusted: ${count} images, 95 % intervals` },
  );
}
