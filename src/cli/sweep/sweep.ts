import { Command, Option } from "commander";
import { wholeNumber } from "../inputs/arguments";

const NOTES = `
A plan is a JSON file:
  { "data": "shapes",
    "settings": { "preset": "tiny", "epochs": 8, "dim": { "values": [32, 64] },
                  "optimizer": { "values": ["adam", "sgd"] },
                  "learningRate": { "logUniform": [0.0001, 0.01] },
                  "momentum": { "uniform": [0.5, 0.95], "when": { "optimizer": "sgd" } } },
    "search": "asha", "trials": 24 }

settings are those of the model (fields of ViTConfig) and of \`vitlab train\` (learningRate for --learning-rate, …): a value, or
values, uniform, logUniform, integer. search: grid (every combination, of values alone), random, asha (all a little, the best
of them to their end). seeds, a list: each point with each of them.

Ctrl-C ends after the steps under way; --resume goes on, with the numbers of an unbroken sweep.

With --redis (or $VITLAB_REDIS) the trials are trained by \`vitlab sweep worker\`, on any number of machines that share the
sweep's folder; it needs the packages bullmq and ioredis.

Examples:
  vitlab sweep plan.json --out runs/first
  vitlab sweep plan.json --out runs/first --resume
  vitlab sweep table runs/first
  vitlab sweep report runs/first
  vitlab sweep export runs/first epochs.csv --of epochs`;

/** What a sweep's numbers can be exported as: a row for each trial, epoch, or step that was told of. */
const EXPORTS = ["trials", "epochs", "steps"];

/** `vitlab sweep`: trains many models by a plan. */
export function sweepCommand(): Command {
  return (
    new Command("sweep")
      .description("train many models by a plan: a grid, drawn settings, or drawn ones of which the best go on")
      .argument("<plan>", "a JSON file")
      // What stands behind a subcommand is that one's: some options have the same name.
      .enablePositionalOptions()
      .option("--out <folder>", "where the sweep is kept (default: runs/ and the plan's name)")
      .option("--resume", "go on with the sweep in --out")
      .option("--workers <n>", "trials at a time (default: as many as cores)", wholeNumber(1))
      .addOption(redisOption("train on the machines whose workers are connected to this Redis, redis://HOST:PORT"))
      .option("--json", "print each event as a line of JSON")
      .addHelpText("after", NOTES)
      .action((plan, options) => (require("./run-sweep") as typeof import("./run-sweep")).runSweep(plan, options))
      .addCommand(
        new Command("worker")
          .description("train trials of sweeps over Redis, until Ctrl-C")
          .addOption(redisOption("the Redis, redis://HOST:PORT, or rediss:// for TLS"))
          .option("--workers <n>", "trials at a time (default: as many as cores)", wholeNumber(1))
          .option(
            "--runs <folder>",
            "where this machine sees the folder that has the sweeps' folders (default: as the sweep does)",
          )
          .option(
            "--patience <seconds>",
            "a worker that isn't heard of for so long has lost its trial to another (default: 30)",
            wholeNumber(2),
          )
          .action((options) => (require("./work") as typeof import("./work")).work(options)),
      )
      .addCommand(
        new Command("table")
          .description("show what a sweep has come to, the best first; also while it runs")
          .argument("<folder>", "the sweep's")
          .action((folder) => (require("./run-sweep") as typeof import("./run-sweep")).showSweep(folder)),
      )
      .addCommand(
        new Command("report")
          .description("say which point is best, and what each setting matters; with figures, as a page")
          .argument("<folder>", "the sweep's")
          .option("--out <file>", "the page, .html (default: report.html in the folder)")
          .option("--figures <folder>", "write each figure as PNG and SVG as well")
          .option("--json", "print the best point and the settings' importance as JSON")
          .action((folder, options) =>
            (require("./report-sweep") as typeof import("./report-sweep")).reportSweep(folder, options),
          ),
      )
      .addCommand(
        new Command("export")
          .description("write the numbers of a sweep for other tools")
          .argument("<folder>", "the sweep's")
          .argument("<file>", "ends in .csv or, for JSON Lines, in .jsonl")
          .addOption(new Option("--of <rows>", "a row for each of what").choices(EXPORTS).default("trials"))
          .action((folder, file, options) =>
            (require("./export-sweep") as typeof import("./export-sweep")).exportSweep(folder, file, options),
          ),
      )
  );
}

/** An address may have a password in it, which the environment shows to fewer than the list of processes does. */
function redisOption(description: string): Option {
  return new Option("--redis <url>", description).env("VITLAB_REDIS");
}
