import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";

const panels = [
  { along: "patches", title: "patches of an image", at: (result) => result.patches },
  { along: "batch", title: "images of a batch", at: (result) => result.batch },
];

/**
 * Cost against the number of patches and against the size of the batch, from the results of the scaling bench, as a picture
 * with two logarithmic panels: milliseconds an image, a line each for training and inference of each engine.
 */
export async function saveScalingFigure(results, file) {
  const { plot, saveFigure } = createRequire(import.meta.url)(join(root, "dist"));
  const lines = [...new Set(results.map(({ competitor, mode }) => `${competitor}, ${mode}`))];
  const data = panels.flatMap(({ along, at }, panel) =>
    lines.flatMap((name, line) => {
      const points = results.filter((each) => each.along === along && `${each.competitor}, ${each.mode}` === name);
      if (points.length === 0) return [];
      const axis = panel === 0 ? "" : panel + 1;
      return {
        ...{ type: "scatter", mode: "lines+markers", name, legendgroup: name, showlegend: panel === 0 },
        ...{ x: points.map(at), y: points.map((each) => each.milliseconds.median / each.batch) },
        ...{ xaxis: `x${axis}`, yaxis: `y${axis}`, line: { color: colors[line % colors.length] } },
      };
    }),
  );
  const axis = (title, ticks) => ({
    type: "log",
    title: { text: title },
    tickvals: ticks,
    ticktext: ticks.map(String),
  });
  const ticksOf = ({ along, at }) => [...new Set(results.filter((each) => each.along === along).map(at))];
  const costs = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const layout = {
    width: 900,
    height: 380,
    margin: { t: 50, r: 20, b: 60, l: 70 },
    grid: { rows: 1, columns: 2, pattern: "independent" },
    xaxis: axis(panels[0].title, ticksOf(panels[0])),
    xaxis2: axis(panels[1].title, ticksOf(panels[1])),
    yaxis: axis("milliseconds an image", costs),
    yaxis2: { ...axis("", costs), matches: "y" },
    legend: { orientation: "h", y: 1.15, x: 0 },
  };
  await saveFigure(plot({ data, layout }, { title: "Milliseconds an image against patches and batch size" }), file);
}

const colors = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f"];
