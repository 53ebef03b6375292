/** The results with the best matrix product of their engine, and their share of it. */
export function withPeaks(results, peaks) {
  return results.map((result) => {
    const peak = peaks.get(result.engine);
    if (result.flopsPerSecond === undefined || peak === undefined) return result;
    return { ...result, peakFlopsPerSecond: peak, shareOfPeak: result.flopsPerSecond / peak };
  });
}

const columns = [
  ["model", "left"],
  ["step", "left"],
  ["competitor", "left"],
  ["ms", "right"],
  ["quartiles", "right"],
  ["x vitlab", "right"],
  ["quartiles", "right"],
  ["GFLOP/s", "right"],
  ["of peak", "right"],
  ["same work", "left"],
];

/**
 * The results as Markdown, a row each. `x vitlab` is how many times as long a step takes as vitlab's on the same engine
 * (PyTorch's: as vitlab's on the first engine): above 1, vitlab is faster.
 */
export function table(results) {
  const rows = [columns.map(([title]) => title), ...results.map(rowOf)];
  const widths = columns.map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const padded = rows.map((row) =>
    line(row.map((cell, i) => (columns[i][1] === "left" ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))),
  );
  const rule = line(
    columns.map(([, side], i) => (side === "left" ? "-".repeat(widths[i]) : `${"-".repeat(widths[i] - 1)}:`)),
  );
  return [padded[0], rule, ...padded.slice(1)].join("\n");
}

function rowOf(result) {
  const { model, mode, batch, imageSize, competitor, skipped, failed } = result;
  const step = `${mode === "train" ? "training" : "inference"}, batch ${batch}, ${[imageSize].flat().join("x")} px`;
  if (skipped || failed) {
    const why = skipped ? `skipped: ${skipped}` : `failed: ${failed}`;
    return [model, step, competitor, "", "", "", "", "", "", why.replaceAll("|", "/")];
  }
  const { milliseconds, ratio, flopsPerSecond, shareOfPeak } = result;
  return [
    model,
    step,
    competitor,
    short(milliseconds.median),
    `${short(milliseconds.q1)}-${short(milliseconds.q3)}`,
    ratio ? ratio.median.toFixed(2) : "",
    ratio ? `${ratio.q1.toFixed(2)}-${ratio.q3.toFixed(2)}` : "",
    short(flopsPerSecond / 1e9),
    `${Math.round(100 * shareOfPeak)} %`,
    verdict(result),
  ];
}

/** Whether it did the same work as vitlab, in a word or in what differs. */
export function verdict({ sameWork, lossFell }) {
  const same = sameWork === null ? "nothing to compare with" : sameWork === "yes" ? "yes" : `NO: ${sameWork}`;
  return lossFell === false ? `${same}; its loss does NOT fall` : same;
}

/** Three significant digits, no exponent. */
function short(number) {
  return number >= 100 ? String(Math.round(number)) : String(Number(number.toPrecision(3)));
}
