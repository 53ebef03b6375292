import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";
import { describeBusy, howBusy } from "./busy.mjs";
import { modelCases } from "./cases.mjs";
import { loadLibrary } from "./library.mjs";
import { ratioByRound, summary } from "./statistics.mjs";

const batchSize = 64;
const steps = 40;
// Steps that warm the engine up, in each round.
const warm = 4;

/** What a training dashboard with one refresh a second costs a training step of `small`, by alternating rounds: 15 unless told. */
export async function benchDashboard([count = "15"]) {
  const rounds = Number(count);
  const { adamW, fit, shapes, splitDataset, trainingDashboard, useEngine, ViT } = createRequire(import.meta.url)(
    join(root, "dist"),
  );
  await useEngine("native", { quiet: true });
  console.log(describeBusy(await howBusy()));
  const { config } = modelCases(loadLibrary().presets).small;
  const dataset = shapes({ count: batchSize * steps + 100, seed: 1 });
  const { train, validation } = splitDataset(dataset, { validation: 100 });
  const model = new ViT(config);
  const sent = { messages: 0, bytes: 0 };
  globalThis[Symbol.for("vitlab.kernel")] = commsThatWrite(sent);
  /** Milliseconds of each step; those between which the panel is refreshed are longer. */
  const trainOnce = async (withDashboard) => {
    const run = fit(model, { train, validation, epochs: 1, batchSize, optimizer: adamW(), timing: false });
    const dashboard = withDashboard ? trainingDashboard(run, { runs: false }) : undefined;
    const times = [];
    for await (const event of run) if (event.type === "step" && event.step > warm) times.push(1000 * event.seconds);
    await run;
    dashboard?.close();
    return times.reduce((sum, one) => sum + one, 0) / times.length;
  };
  const [bare, shown] = [[], []];
  await trainOnce(true);
  Object.assign(sent, { messages: 0, bytes: 0 });
  for (let round = 0; round < rounds; round++) {
    // Who begins alternates as well.
    for (const withDashboard of round % 2 === 0 ? [false, true] : [true, false])
      (withDashboard ? shown : bare).push([await trainOnce(withDashboard)]);
  }
  model.dispose();
  const row = (name, times) => {
    const { median, q1, q3 } = summary(times.flat());
    return `| ${name} | ${median.toFixed(1)} | ${q1.toFixed(1)} to ${q3.toFixed(1)} |`;
  };
  console.log(`| small, batch ${batchSize}, ${rounds} rounds of ${steps} steps | median, ms a step | quartiles |`);
  console.log("| --- | --: | --: |");
  console.log(row("alone", bare));
  console.log(row("with a dashboard", shown));
  const percent = (ratio) => `${(100 * (ratio - 1)).toFixed(1)} %`;
  const { median, q1, q3 } = ratioByRound(shown, bare);
  console.log(`| more, by round | ${percent(median)} | ${percent(q1)} to ${percent(q3)} |`);
  console.log(`${sent.messages} messages of ${(sent.bytes / 1e3 / Math.max(1, sent.messages)).toFixed(1)} KB`);
}

/** Comms that write what they are given as JSON, as those of a kernel do, and count it. */
function commsThatWrite(sent) {
  const write = (data) => {
    sent.messages++;
    sent.bytes += Buffer.byteLength(JSON.stringify(data));
  };
  const openComm = (_target, data) => {
    write(data);
    return { commId: "bench", onMessage: () => () => {}, onClose: () => () => {}, send: write, close: () => {} };
  };
  return { requestId: "bench", openComm, show: async () => {} };
}
