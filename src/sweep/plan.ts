import { checkOptions, nearestName, type OptionNames, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { quoteJson } from "../base/quote-json";
import { Random } from "../base/random";
import { whole } from "../base/whole";
import { CONFIG_FIELDS } from "../vit/config-fields";
import { asha, everyTrial, type Search } from "./search";
import {
  type ChosenSettings,
  checkSpace,
  draw,
  gridOf,
  isChoice,
  isListed,
  KINDS,
  type SettingSpace,
  varied,
} from "./space";

/** What is trained, with which settings, and how the trials are chosen. */
export interface SweepPlan {
  /** The data set, as `vitlab train --data` takes it: "cifar10", "shapes", "needle", or "folder:PATH". */
  data: string;
  /**
   * Settings of the model (`preset`, and any field of ViTConfig in place of the preset's) and of the training (as the options
   * of `vitlab train`: `learningRate`, `optimizer`, `epochs`, …), each a value or a choice.
   */
  settings: SettingSpace;
  /**
   * "grid": every combination of the values; "random": `trials` points, each drawn by itself; "asha": the same, but only the
   * best of them are trained to their end. Default "grid".
   */
  search?: "grid" | "random" | "asha";
  /** How many points are drawn, all different, by "random" and "asha". Of "asha" they may be left out where all choices are values: then it is all combinations. */
  trials?: number;
  /** Of the drawing. Default 0. */
  seed?: number;
  /** Every point is trained with each of these seeds. Default [0]. */
  seeds?: readonly number[];
  /** By which number of the validation images trials are compared. Default "validationLoss". */
  monitor?: Monitor;
  /** Of "asha": epochs after which trials are compared for the first time. Default 1. */
  minEpochs?: number;
  /** Of "asha": one of so many goes on. Default 3. */
  reduction?: number;
  /** Threads that each trial computes with; its numbers depend on it. Default: the cores, shared by the workers. */
  threads?: number;
}

/** A number that is measured after each epoch. */
export type Monitor = "validationLoss" | "validationAccuracy";

/** A plan with all that it leaves out. */
export type FullPlan = Required<Omit<SweepPlan, "trials" | "threads">> & Pick<SweepPlan, "threads">;

/** The same, and its trials. */
export type CompletePlan = FullPlan & { readonly trials: readonly Trial[] };

/** One run of a sweep. */
export interface Trial {
  /** From 0 on. */
  readonly id: number;
  /** Trials of one point differ in their seed alone. */
  readonly point: number;
  readonly settings: ChosenSettings;
  readonly seed: number;
}

const PLAN_FIELDS: OptionNames<SweepPlan> = {
  data: true,
  settings: true,
  search: true,
  trials: true,
  seed: true,
  seeds: true,
  monitor: true,
  minEpochs: true,
  reduction: true,
  threads: true,
};

/** Settings of the training, as `vitlab train` has them. */
export const TRAINING_SETTINGS = [
  "epochs",
  "batchSize",
  "accumulate",
  "recompute",
  "precision",
  "learningRate",
  "optimizer",
  "weightDecay",
  "decay",
  "momentum",
  "schedule",
  "warmupSteps",
  "labelSmoothing",
  "clipNorm",
  "augment",
  "mixup",
  "cutmix",
  "ema",
  "trainCount",
  "validation",
] as const;

/** Settings of the model; how many classes there are, the data says. */
export const MODEL_SETTINGS: readonly string[] = [
  "preset",
  ...Object.keys(CONFIG_FIELDS).filter((name) => name !== "classes"),
];

/** Settings whose value may be an object; elsewhere one is a choice, or was meant as one. */
const MADE_OF_FIELDS: ReadonlySet<string> = new Set(["augment", "normalize"]);

const DEFAULT_EPOCHS = 5;
const MOST_TRIALS = 100_000;

/**
 * Checks a plan, and fills in what it leaves out.
 *
 * @throws VitlabError naming the first thing that is wrong with it, in a sentence.
 */
export function completePlan(given: SweepPlan): CompletePlan {
  checkOptions("the plan", given, PLAN_FIELDS, "field");
  const full = withDefaults(given);
  const { data, settings, search, seed, seeds, monitor, minEpochs, reduction, threads } = full;
  if (typeof data !== "string" || data === "")
    throw new VitlabError(`the plan's data is ${show(data)}: name a data set, such as "shapes" or "cifar10"`);
  checkSettings(settings);
  oneOf("search", search, ["grid", "random", "asha"]);
  oneOf("monitor", monitor, ["validationLoss", "validationAccuracy"]);
  wholeFrom("seed", seed, 0);
  if (threads !== undefined) wholeFrom("threads", threads, 1);
  if (!Array.isArray(seeds) || seeds.length === 0)
    throw new VitlabError(`the plan's seeds are ${show(seeds)}: give a list of one or more`);
  for (const each of seeds) wholeFrom("seeds", each, 0);
  if (new Set(seeds).size < seeds.length)
    throw new VitlabError("the plan's seeds have one twice: it would be the same run");
  if (search === "asha" && seeds.length > 1)
    throw new VitlabError(
      'search "asha" compares single runs: give one seed, and sweep the best of them with more seeds afterwards',
    );
  if (search === "grid" && given.trials !== undefined)
    throw new VitlabError('trials is for search "random" and "asha": a grid has as many as there are combinations');
  for (const name of ["minEpochs", "reduction"] as const)
    if (given[name] !== undefined && search !== "asha") throw new VitlabError(`${name} is for search "asha"`);
  wholeFrom("minEpochs", minEpochs, 1);
  wholeFrom("reduction", reduction, 2);
  if (seeds.length > MOST_TRIALS)
    throw new VitlabError(`the plan has ${whole(seeds.length)} seeds: at most ${whole(MOST_TRIALS)}`);
  const points = pointsOf(full, given.trials);
  const trials = points.flatMap((point, index) =>
    seeds.map((own, position) => ({ id: index * seeds.length + position, point: index, settings: point, seed: own })),
  );
  return { ...full, trials };
}

/** Fills in what a plan leaves out, and looks at nothing: of a sweep that has begun, whose trials are known. */
export function withDefaults(given: SweepPlan): FullPlan {
  const { data, settings, search = "grid", seed = 0, seeds = [0], monitor = "validationLoss" } = given;
  const { minEpochs = 1, reduction = 3, threads } = given;
  return { data, settings, search, seed, seeds, monitor, minEpochs, reduction, threads };
}

/** What decides which trial comes next. */
export function searchOf({ search, trials, minEpochs, reduction }: CompletePlan): Search {
  const epochs = epochsOf(trials[0]!);
  if (search !== "asha") return everyTrial(trials.map(epochsOf));
  return asha({ trials: trials.length, epochs, minEpochs: Math.min(minEpochs, epochs), reduction });
}

/** How long a trial is trained, where it comes to its end. */
export function epochsOf({ settings }: Pick<Trial, "settings">): number {
  return typeof settings.epochs === "number" ? settings.epochs : DEFAULT_EPOCHS;
}

/** The number by which trials are compared, so that less is better. */
export function monitored(monitor: Monitor, value: number): number {
  return monitor === "validationAccuracy" ? -value : value;
}

/** Counted before they are made: a slip of the pen asks for more than there is memory for. */
function pointsOf({ settings, search, seed, seeds }: FullPlan, trials: number | undefined): ChosenSettings[] {
  const most = Math.floor(MOST_TRIALS / seeds.length);
  if (search === "grid") return gridOf(settings, most);
  if (search === "asha" && varied(settings).includes("epochs"))
    throw new VitlabError(
      'epochs is a choice: search "asha" compares trials of the same length, and chooses it itself',
    );
  // In any order but that of the grid, in which neighbors are alike: the first of a rung would all go on.
  if (search === "asha" && trials === undefined && isListed(settings)) {
    const grid = gridOf(settings, most);
    return new Random(seed).shuffle([...grid.keys()]).map((at) => grid[at]!);
  }
  if (trials === undefined) throw new VitlabError(`search "${search}" needs trials: how many points are to be drawn`);
  wholeFrom("trials", trials, 1);
  if (trials > most)
    throw new VitlabError(`the plan has ${whole(trials * seeds.length)} trials: at most ${whole(MOST_TRIALS)}`);
  if (varied(settings).length === 0)
    throw new VitlabError("no setting of the plan is a choice: all trials would be the same; give values or a range");
  return drawn(settings, trials, seed);
}

/** So many draws in a row may give nothing new. */
const MOST_REPEATS = 1000;

/** Points that all differ. */
function drawn(settings: SettingSpace, trials: number, seed: number): ChosenSettings[] {
  const points = new Map<string, ChosenSettings>();
  for (let index = 0, last = 0; points.size < trials; index++) {
    const point = draw(settings, new Random(seed, index));
    const key = JSON.stringify(point);
    if (!points.has(key)) last = index;
    points.set(key, point);
    if (index - last > MOST_REPEATS)
      throw new VitlabError(
        `trials is ${trials}, and the settings have ${points.size} different points: give at most as many, or more values`,
      );
  }
  return [...points.values()];
}

function checkSettings(settings: unknown): asserts settings is SettingSpace {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    throw new VitlabError(`the plan's settings are ${show(settings)}: give one object, such as { "preset": "tiny" }`);
  const known = [...MODEL_SETTINGS, ...TRAINING_SETTINGS];
  for (const [name, value] of Object.entries(settings)) {
    if (known.includes(name)) {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      if (isObject && !isChoice(value) && !MADE_OF_FIELDS.has(name))
        throw new VitlabError(`${name} is ${quoteJson(value)}: give a value, or a choice by ${KINDS.join(", ")}`);
      continue;
    }
    if (name === "seed") throw new VitlabError("seed is no setting: the plan's seeds say with which each is trained");
    const near = nearestName(name, known);
    throw new VitlabError(
      `there is no setting ${name}: ${near ? `did you mean ${near}? ` : ""}settings are ${known.join(", ")}`,
    );
  }
  checkSpace(settings as SettingSpace);
  checkEpochs((settings as SettingSpace).epochs);
}

/** Which trial comes next is decided by how long each is trained, before any of them is begun. */
function checkEpochs(setting: SettingSpace[string] | undefined): void {
  if (setting === undefined) return;
  const { values, integer } = (isChoice(setting) ? setting : { values: [setting] }) as {
    values?: readonly unknown[];
    integer?: readonly unknown[];
  };
  for (const epochs of values ?? integer ?? [])
    if (!Number.isSafeInteger(epochs) || (epochs as number) < 1)
      throw new VitlabError(`epochs is ${show(epochs)}: give whole numbers from 1`);
  if (!values && !integer) throw new VitlabError("epochs is a range of fractions: give values, or a range by integer");
}

function oneOf(name: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string))
    throw new VitlabError(`the plan's ${name} is ${show(value)}: it must be one of ${known.join(", ")}`);
}

function wholeFrom(name: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least)
    throw new VitlabError(`the plan's ${name} is ${show(value)}: give a whole number from ${least}`);
}
