import type { Language } from "../../base/language";

/** One line of a chart; a place where nothing is known is null. */
export interface ChartLine {
  name: string;
  /** Whose: this run's own, its own on the validation data, an earlier run's, or one part of the model's. */
  kind: "own" | "held-out" | "earlier" | "part";
  x: number[];
  y: (number | null)[];
}

/** A chart over the epochs of a run. */
export interface Chart {
  title: string;
  /** What the numbers are: "nats", "images a second"; empty for shares. */
  unit: string;
  scale: "linear" | "log" | "percent";
  /** Whether its axis begins at 0. */
  fromZero: boolean;
  lines: ChartLine[];
  /** What guessing gets. */
  level: { value: number; label: string } | null;
}

/** How the run stands: changes with each refresh. */
export interface Standing {
  phase: "planning" | "running" | "paused" | "ended";
  /** In a sentence. */
  words: string;
  /** What went wrong with the last thing that was asked for, or with the run. */
  problem: string | null;
  epoch: number;
  epochs: number;
  update: number;
  totalSteps: number;
  /** Projected, pauses left out; null where nothing is known yet or left to do. */
  secondsLeft: number | null;
  /** Milliseconds since 1970. */
  endsAt: number | null;
  /** What the schedule is computed with, and what the last step had. */
  baseRate: number;
  lastRate: number | null;
  /** Counts the answers to a front end that asks whether anyone is there. */
  answers: number;
}

/** What the model makes of one image. */
export interface Prediction {
  /** The image, as a data URL. */
  image: string;
  label: string;
  predicted: string;
  /** From 0 to 1. */
  probability: number;
  isRight: boolean;
}

/** Attention of one image at one time of the training, the largest weight being 1. */
export interface AttentionMoment {
  update: number;
  /** Row by row. */
  weights: number[];
}

/** What is seen of the model itself. */
export interface Pictures {
  /** Steps done when they were made. */
  update: number;
  predictions: Prediction[];
  attention: {
    /** Whose attention, in words. */
    words: string;
    image: string;
    rows: number;
    columns: number;
    moments: AttentionMoment[];
  } | null;
}

/** What differs between the settings of runs: a row a setting, its values in the order of the runs. */
export interface SettingsTable {
  runs: string[];
  rows: { setting: string; values: string[] }[];
  /** Rows left out. */
  more: number;
}

/** Everything that the panel shows; the names are those of the widget's traits. */
export interface DashboardView {
  /** Of the panel's own words. */
  language: Language;
  standing: Standing;
  charts: Chart[];
  pictures: Pictures | null;
  settings: SettingsTable;
}

/** What the panel asks for. */
export type DashboardRequest =
  | { action: "pause" | "resume" | "stop" | "hello" }
  | { action: "learningRate"; rate: number };
