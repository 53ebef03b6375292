import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { root } from "../../setup/paths.mjs";
import { SetupError } from "../../setup/setup-error.mjs";
import { lastWords, run } from "../../setup/terminal/run.mjs";
import { onInterrupt } from "../../setup/terminal/signals.mjs";
import { whyNot } from "./cases.mjs";
import { startCompetitor } from "./competitor.mjs";
import { differentWork, lossFell, noiseDraws } from "./same-work.mjs";
import { ratioByRound, summary } from "./statistics.mjs";

/** OpenMP's threads turn in circles for up to this long after their work, in milliseconds; the next one's turn waits for it. */
const settling = 250;
/** Whose step takes longer than this many milliseconds has turns in this many rounds only, of a step without warming up. */
const slowStep = 5000;
const slowRounds = 3;
const mostSteps = 500;

/**
 * Measures one model at one batch size, training or inference: all competitors in one run, taking turns, round after round.
 *
 * Resolves to one result for each competitor, those that can't or don't take part included.
 *
 * @param settings `{ rounds, turnSeconds, library, peaks, idle }`; peaks, by engine, become better from one measurement to the next,
 *   and `idle` watches the pauses between turns
 * @param tell gets a line for each thing that is going on
 */
export async function measure(measurement, competitors, settings, tell) {
  const { config, mode, batch } = measurement;
  const { forwardFlops, trainingFlops, completeConfig, patchGridSize } = settings.library;
  const full = completeConfig(config);
  const flops = batch * (mode === "train" ? trainingFlops(full) : forwardFlops(full));
  const folder = mkdtempSync(join(tmpdir(), "vitlab-bench-"));
  const forget = onInterrupt(() => rmSync(folder, { recursive: true, force: true }));
  const entrants = competitors.map((competitor) => ({
    ...competitor,
    skipped: whyNot(competitor, flops),
    times: [],
    losses: [],
  }));
  try {
    const exchange = join(folder, "exchange.safetensors");
    await writeExchange(exchange, full, batch);
    const opened = { ...measurement, config: full, chosen: withoutDefaults(full, completeConfig), exchange };
    for (const entrant of entrants) await admit(entrant, opened, settings, tell);
    for (let round = 0; round < settings.rounds; round++) {
      tell(`round ${round + 1} of ${settings.rounds}`);
      for (const entrant of entrants) await turn(entrant, round, settings);
    }
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.process?.end()));
    rmSync(folder, { recursive: true, force: true });
    forget();
  }
  const { rows, columns } = patchGridSize(full.imageSize, full.patchSize);
  const facts = { ...measurement, config: full, flops, patches: rows * columns };
  return entrants.map((entrant) => resultOf(entrant, entrants, facts));
}

/** What a config chooses: an older build doesn't know each field that may be left out, and does what its default says. */
export function withoutDefaults(full, completeConfig) {
  const without = (field) => completeConfig({ ...full, [field]: undefined })[field];
  return Object.fromEntries(
    Object.entries(full).filter(([field, value]) => {
      try {
        return JSON.stringify(without(field)) !== JSON.stringify(value);
      } catch {
        return true; // There is no default.
      }
    }),
  );
}

async function writeExchange(file, config, batch) {
  const program = join(root, "bench", "models", "exchange.mjs");
  const result = await run(process.execPath, [program, join(root, "dist"), file, JSON.stringify({ config, batch })]);
  if (!result.ok) throw new SetupError(`the weights could not be written: ${lastWords(result.output)}`);
}

/** Starts a competitor, lets it show what it does, and finds how many steps fill its turn. */
async function admit(entrant, { config, chosen, mode, batch, learningRate, exchange }, { turnSeconds, peaks }, tell) {
  if (entrant.skipped) return;
  tell(`${entrant.id}: starting`);
  entrant.process = startCompetitor(entrant.start);
  await attempt(entrant, async ({ ask }) => {
    entrant.about = await ask({ do: "open", config, chosen, mode, batch, learningRate, exchange });
    await measurePeak(entrant, peaks, 8);
    const draws = config.dropout + config.attentionDropout + config.embeddingDropout > 0 ? noiseDraws(batch) : 0;
    entrant.checked = await ask({ do: "check", draws });
    const step = await stepTime(ask);
    entrant.slow = step > slowStep;
    entrant.order = entrant.slow
      ? { do: "steps", count: 1, warm: 0 }
      : { do: "steps", count: Math.min(mostSteps, Math.max(1, Math.round((1000 * turnSeconds) / step))), warm: 1 };
  });
}

/** The fastest matrix product of an engine in the whole run: when others hold the machine up, it is only ever too low. */
async function measurePeak({ engine, process: { ask } }, peaks, times) {
  const { flopsPerSecond } = await ask({ do: "peak", times });
  peaks.set(engine, Math.max(peaks.get(engine) ?? 0, flopsPerSecond));
}

/** About how long a step takes, once the code is compiled and the caches are warm. */
async function stepTime(ask) {
  // The very first one may compile for a minute.
  await ask({ do: "steps", count: 1, warm: 0 });
  let [step] = (await ask({ do: "steps", count: 1, warm: 0 })).milliseconds;
  for (const [below, count] of [
    [slowStep, 2],
    [500, 5],
    [50, 30],
  ])
    if (step < below) step = summary((await ask({ do: "steps", count, warm: 0 })).milliseconds).median;
  return step;
}

async function turn(entrant, round, { idle, peaks }) {
  const rests = entrant.slow && round >= slowRounds;
  if (entrant.skipped || entrant.failed || rests) {
    entrant.times.push([]);
    return;
  }
  await idle.during(() => setTimeout(settling));
  await attempt(entrant, async ({ ask }) => {
    const { milliseconds, losses } = await ask(entrant.order);
    entrant.times.push(milliseconds);
    if (losses) entrant.losses.push(losses);
    await measurePeak(entrant, peaks, 2);
  });
}

async function attempt(entrant, work) {
  try {
    await work(entrant.process);
  } catch (error) {
    entrant.failed = error.message;
    await entrant.process.end();
  }
}

function resultOf(entrant, entrants, { name, mode, batch, along, config, flops, patches }) {
  const { id, engine, against, rounded, about, skipped, failed } = entrant;
  const head = { model: name, mode, batch, along, imageSize: config.imageSize, patches, competitor: id, engine, flops };
  if (skipped) return { ...head, skipped };
  if (failed) return { ...head, failed };
  const reference = entrants.find((each) => each.id === against);
  const comparable = reference && !reference.skipped && !reference.failed;
  const times = summary(entrant.times.flat());
  return {
    ...head,
    ...about,
    milliseconds: times,
    steps: entrant.times.flat().length,
    rounds: entrant.times.filter((round) => round.length > 0).length,
    ratio: comparable ? { against, ...ratioByRound(entrant.times, reference.times) } : null,
    flopsPerSecond: (1000 * flops) / times.median,
    sameWork: comparable ? (differentWork(entrant.checked, reference.checked, { rounded }) ?? "yes") : null,
    lossFell: mode === "train" ? lossFell(entrant.checked.losses, entrant.losses) : null,
    checked: mode === "train" ? entrant.checked : null,
  };
}
