import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { quoteJson } from "../base/quote-json";
import type { Random } from "../base/random";
import { whole } from "../base/whole";

/** A setting's value, as JSON has it. */
export type SettingValue =
  | string
  | number
  | boolean
  | readonly SettingValue[]
  | { readonly [name: string]: SettingValue };

/** A condition: other settings and what they must be, one value or one of several. */
export type SettingCondition = Readonly<Record<string, SettingValue | readonly SettingValue[]>>;

/** What a setting may be: one of several values, or a number of a range, each of which may be asked for under a condition. */
export type SettingChoice = (
  | { readonly values: readonly SettingValue[] }
  | { readonly uniform: readonly [low: number, high: number] }
  | { readonly logUniform: readonly [low: number, high: number] }
  | { readonly integer: readonly [low: number, high: number] }
) & { readonly when?: SettingCondition };

/** Settings by their names: a value that stays, or a choice. */
export type SettingSpace = Readonly<Record<string, SettingValue | SettingChoice>>;

/** Settings that were chosen. */
export type ChosenSettings = Readonly<Record<string, SettingValue>>;

/** The ways to choose. */
export const KINDS = ["values", "uniform", "logUniform", "integer"] as const;
type Kind = (typeof KINDS)[number];

/** @throws VitlabError in a sentence when a setting of the space can't be drawn. */
export function checkSpace(space: SettingSpace): void {
  for (const [name, setting] of Object.entries(space)) {
    checkValue(name, setting);
    if (!isChoice(setting)) continue;
    const kind = kindOf(setting);
    const extra = Object.keys(setting).find((key) => key !== kind && key !== "when");
    if (extra !== undefined) throw new VitlabError(`${name}: a choice by ${kind} has no field ${extra}`);
    const given = (setting as Record<Kind, unknown>)[kind];
    if (kind === "values") {
      if (!Array.isArray(given) || given.length === 0)
        throw new VitlabError(`${name}: values is ${show(given)}: give a list of one value or more`);
      const seen = new Set<string>();
      for (const value of given.map((one) => JSON.stringify(one))) {
        if (seen.has(value))
          throw new VitlabError(`${name}: values has ${quoteJson(JSON.parse(value))} twice: it would be the same run`);
        seen.add(value);
      }
    } else checkRange(name, kind, given);
    checkCondition(name, setting.when, space);
  }
  order(space);
}

/**
 * All points of a space of values, in the order in which they are written, the last setting changing fastest.
 *
 * @throws VitlabError when there are more of them than `most`, before they are made.
 */
export function gridOf(space: SettingSpace, most = Number.POSITIVE_INFINITY): ChosenSettings[] {
  for (const [name, setting] of Object.entries(space))
    if (isChoice(setting) && kindOf(setting) !== "values")
      throw new VitlabError(`${name} is a range, of which there is no grid: give values, or search "random" or "asha"`);
  let points: ChosenSettings[] = [{}];
  for (const name of order(space)) {
    const setting = space[name]!;
    const choices = (point: ChosenSettings): ChosenSettings[] => {
      if (!isChoice(setting)) return [{ ...point, [name]: setting }];
      if (!holds(setting.when, point)) return [point];
      return (setting as { values: readonly SettingValue[] }).values.map((value) => ({ ...point, [name]: value }));
    };
    const more: ChosenSettings[] = [];
    for (const point of points) {
      for (const choice of choices(point)) more.push(choice);
      // No setting that follows makes them fewer.
      if (more.length > most)
        throw new VitlabError(
          `the grid has more than ${whole(most)} points: give fewer values, or draw some of them by search "random"`,
        );
    }
    points = more;
  }
  return points.map((point) => asWritten(space, point));
}

/** A point of the space, each choice drawn by itself. */
export function draw(space: SettingSpace, random: Random): ChosenSettings {
  const point: Record<string, SettingValue> = {};
  for (const name of order(space)) {
    const setting = space[name]!;
    // Drawn also where it isn't wanted, so that a condition changes no other setting.
    const value = isChoice(setting) ? drawn(setting, random) : setting;
    if (!isChoice(setting) || holds(setting.when, point)) point[name] = value;
  }
  return asWritten(space, point);
}

/** The names of the settings that differ between points. */
export function varied(space: SettingSpace): string[] {
  return Object.keys(space).filter((name) => isChoice(space[name]));
}

/** Whether all choices are lists of values. */
export function isListed(space: SettingSpace): boolean {
  return Object.values(space).every((setting) => !isChoice(setting) || kindOf(setting) === "values");
}

/** Settings in a line, as in "dim 32, optimizer adam". */
export function describeSettings(point: ChosenSettings): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${describeValue(value)}`)
    .join(", ");
}

export function describeValue(value: SettingValue): string {
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function isChoice(setting: unknown): setting is SettingChoice {
  return typeof setting === "object" && setting !== null && KINDS.some((kind) => Object.hasOwn(setting, kind));
}

function kindOf(choice: SettingChoice): Kind {
  return KINDS.find((kind) => Object.hasOwn(choice, kind))!;
}

function drawn(choice: SettingChoice, random: Random): SettingValue {
  if ("values" in choice) return choice.values[random.integer(choice.values.length)]!;
  if ("integer" in choice) {
    const [low, high] = choice.integer;
    return low + random.integer(high - low + 1);
  }
  if ("uniform" in choice) {
    const [low, high] = choice.uniform;
    return random.uniform(low, high);
  }
  const [low, high] = choice.logUniform.map(Math.log) as [number, number];
  return Math.exp(random.uniform(low, high));
}

function holds(when: SettingCondition | undefined, point: ChosenSettings): boolean {
  return Object.entries(when ?? {}).every(([name, wanted]) => {
    const options = Array.isArray(wanted) ? wanted : [wanted];
    return options.some((option) => isSame(option, point[name]));
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Deeper than any setting, shallow enough for the stack. */
const DEEPEST = 20;

/** @throws VitlabError when a value can't be handed on as JSON. */
function checkValue(name: string, value: unknown, depth = 0): void {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new VitlabError(`${name} is ${value}: a setting is a finite number, or no number`);
  if (typeof value !== "object" || value === null) return;
  if (depth > DEEPEST) throw new VitlabError(`${name} is nested more than ${DEEPEST} deep: no setting is`);
  for (const inner of Object.values(value)) checkValue(name, inner, depth + 1);
}

/** A condition that can't be met is a slip of the pen: the setting would be left out of every trial without a word. */
function checkCondition(name: string, when: unknown, space: SettingSpace): void {
  if (when === undefined) return;
  if (typeof when !== "object" || when === null || Array.isArray(when))
    throw new VitlabError(`${name}: its condition is ${show(when)}: give an object, such as { "optimizer": "sgd" }`);
  for (const [other, wanted] of Object.entries(when as SettingCondition)) {
    if (!Object.hasOwn(space, other) || other === name)
      throw new VitlabError(`${name}: its condition is about ${other}, which is no other setting of the plan`);
    const setting = space[other]!;
    const options = Array.isArray(wanted) ? wanted : [wanted];
    const isMet = options.some((option) => couldBe(setting, option));
    if (!isMet)
      throw new VitlabError(
        `${name}: its condition wants ${other} to be ${quoteJson(wanted)}, which the plan never has: give values of ${other}`,
      );
  }
}

function couldBe(setting: SettingValue | SettingChoice, value: unknown): boolean {
  if (!isChoice(setting)) return isSame(setting, value);
  if ("values" in setting) return Array.isArray(setting.values) && setting.values.some((one) => isSame(one, value));
  // That a number of a continuous range is met to the bit won't happen.
  const [low, high] = "integer" in setting ? setting.integer : [1, 0];
  return Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high;
}

function checkRange(name: string, kind: Kind, given: unknown): void {
  const [low, high] = (Array.isArray(given) && given.length === 2 ? given : []) as [unknown, unknown];
  const areNumbers = typeof low === "number" && typeof high === "number";
  // Of two that are too far apart the difference isn't finite.
  const isRange = areNumbers && Number.isFinite(high - low) && low < high;
  if (!isRange) throw new VitlabError(`${name}: ${kind} is ${quoteJson(given)}: give [low, high], low below high`);
  if (kind === "logUniform" && (low as number) <= 0)
    throw new VitlabError(`${name}: logUniform begins at ${low}: its numbers are above 0`);
  if (kind === "integer" && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    throw new VitlabError(`${name}: integer is ${quoteJson(given)}: give whole numbers`);
}

/** The names so that each comes after those that its condition is about. */
function order(space: SettingSpace): string[] {
  const sorted: string[] = [];
  const under = new Set<string>();
  const visit = (name: string): void => {
    if (sorted.includes(name)) return;
    if (under.has(name)) throw new VitlabError(`${name}: its condition depends on itself`);
    under.add(name);
    const setting = space[name];
    if (isChoice(setting)) for (const other of Object.keys(setting.when ?? {})) visit(other);
    under.delete(name);
    sorted.push(name);
  };
  for (const name of Object.keys(space)) visit(name);
  return sorted;
}

function asWritten(space: SettingSpace, point: ChosenSettings): ChosenSettings {
  return Object.fromEntries(Object.keys(space).flatMap((name) => (name in point ? [[name, point[name]!]] : [])));
}
