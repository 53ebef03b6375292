import { nearestName, show } from "./check-options";
import { VitlabError } from "./error";
import type { Words } from "./language";

/** What a setting may be by itself. */
export type FieldKind =
  /** A whole number; any one where there is no least. */
  | { readonly kind: "whole"; readonly least?: number; readonly most?: number }
  /** A number: above 0, or where `orZero`, 0 or more. */
  | { readonly kind: "number"; readonly orZero?: boolean; readonly most?: number }
  /** From 0 to below 1. */
  | { readonly kind: "share" }
  | { readonly kind: "flag" }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  /** Sides of an image in pixels: one number, or [height, width]. */
  | { readonly kind: "size"; readonly most: number }
  /** An object with a check of its own. */
  | { readonly kind: "object" };

/** One setting of many: what it may be, what it is unless said, and what it does. */
export type Field<Group extends string = string, Settings = never> = FieldKind & {
  readonly group: Group;
  /** In one sentence, for whoever chooses a value. */
  readonly about: Words;
  /** Left out where it must be said; a function where it follows from those said. */
  readonly default?: unknown | ((settings: Settings) => unknown);
  /** Whether null is a value: none. */
  readonly optional?: true;
};

/** How a value must be otherwise. */
export interface Misfit {
  /** What is wrong: "is 7.5: it must be a whole number, 1 or more". */
  readonly wrong: string;
  /** What it must be: "must be a whole number, 1 or more". */
  readonly must: string;
  /** The nearest value that can be, where there is one. */
  readonly nearest?: unknown;
}

/** What is wrong with a value of a field by itself; undefined where nothing is. */
export function misfit(value: unknown, field: FieldKind & { readonly optional?: true }): Misfit | undefined {
  if (field.optional && value === null) return undefined;
  switch (field.kind) {
    case "whole": {
      const { least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER } = field;
      const nearest = nearestNumber(value, least, most, Math.round);
      if (!Number.isInteger(value) || (value as number) < least)
        return wrong(value, `be a whole number${field.least === undefined ? "" : `, ${least} or more`}`, nearest);
      return (value as number) > most ? tooMuch(value, most) : undefined;
    }
    case "number": {
      const { orZero = false, most = Number.MAX_VALUE } = field;
      if (!(Number.isFinite(value) && (orZero ? (value as number) >= 0 : (value as number) > 0)))
        return wrong(value, orZero ? "be 0 or more" : "be above 0", orZero ? nearestNumber(value, 0, most) : undefined);
      return (value as number) > most ? tooMuch(value, most) : undefined;
    }
    case "share":
      if (typeof value === "number" && value >= 0 && value < 1) return undefined;
      return wrong(value, "be at least 0 and below 1", nearestNumber(value, 0, 0.99));
    case "flag":
      return typeof value === "boolean" ? undefined : wrong(value, "be true or false");
    case "choice":
      if (field.choices.includes(value as string)) return undefined;
      return wrong(
        value,
        `be one of ${field.choices.join(", ")}`,
        typeof value === "string" ? nearestName(value, field.choices) : undefined,
      );
    case "size":
      return sizeMisfit(value, field.most);
    case "object":
      return undefined;
  }
}

/** @throws VitlabError unless the value fits the field by itself. */
export function checkField<Value>(name: string, value: Value, field: FieldKind & { readonly optional?: true }): Value {
  const found = misfit(value, field);
  if (found) throw new VitlabError(`${name} ${found.wrong}`);
  return value;
}

/** What is given, and for what isn't (or is undefined or null) the defaults. */
export function withFieldDefaults<Settings extends object>(
  fields: Readonly<Record<keyof Settings, Field<string, Settings>>>,
  given: Partial<Settings>,
): Settings {
  const full: Partial<Settings> = { ...given };
  for (const name of Object.keys(fields) as (keyof Settings)[]) {
    const { default: first } = fields[name];
    if (first === undefined) continue;
    full[name] ??= (typeof first === "function" ? first(full) : first) as Settings[keyof Settings];
  }
  return full as Settings;
}

/** A value of a field in a few words. */
export function showField(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "number" || typeof value === "string") return String(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join("x") : JSON.stringify(value);
}

function sizeMisfit(value: unknown, most: number): Misfit | undefined {
  const sides = Array.isArray(value) ? (value as unknown[]) : [value, value];
  if (sides.length !== 2 || !sides.every((side) => Number.isInteger(side) && (side as number) >= 1)) {
    const shown = Array.isArray(value) ? `[${value.map(inWords).join(", ")}]` : inWords(value);
    const must = "be whole pixels, or [height, width]";
    const numbers = sides.map((side) => nearestNumber(side, 1, most, Math.round));
    const nearest = sides.length !== 2 || numbers.includes(undefined) ? undefined : asGiven(value, numbers);
    return { wrong: `is ${shown}: it must ${must}`, must: `must ${must}`, nearest };
  }
  if (!sides.some((side) => (side as number) > most)) return undefined;
  const must = `must be at most ${most.toLocaleString("en-US")} pixels`;
  const nearest = asGiven(
    value,
    sides.map((side) => Math.min(side as number, most)),
  );
  return { wrong: `is ${sides.join("x")}: a side ${must}`, must: `sides ${must}`, nearest };
}

function asGiven(value: unknown, sides: readonly unknown[]): unknown {
  return Array.isArray(value) ? sides : sides[0];
}

function wrong(value: unknown, must: string, nearest?: unknown): Misfit {
  const shown = must.startsWith("be one of") || must.startsWith("be true") ? show(value) : inWords(value);
  return { wrong: `is ${shown}: it must ${must}`, must: `must ${must}`, nearest };
}

function tooMuch(value: unknown, most: number): Misfit {
  return wrong(value, `be at most ${most.toLocaleString("en-US")}`, most);
}

function inWords(value: unknown): string {
  return typeof value === "object" ? show(value) : String(value);
}

function nearestNumber(value: unknown, least: number, most: number, round = (n: number) => n): number | undefined {
  if (typeof value !== "number" || Number.isNaN(value)) return undefined;
  return Math.min(Math.max(round(value), least), most);
}
