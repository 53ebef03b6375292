import { type ChosenSettings, describeValue, isChoice, type SettingSpace, type SettingValue, varied } from "../space";
import type { VariedSetting } from "./importance";

/** A setting that differs between points, and how it is shown. */
export interface ShownSetting extends VariedSetting {
  /** The words for its values in their order, where the plan lists them; null for a range. */
  readonly listed: readonly string[] | null;
}

/** The settings that differ between the points of a sweep, in the order in which the plan has them. */
export function variedSettings(space: SettingSpace, points: readonly ChosenSettings[]): ShownSetting[] {
  return varied(space).flatMap((name) => {
    const choice = space[name]!;
    if (!isChoice(choice)) return [];
    const given = points.map((point) => point[name] ?? null);
    const distinct = new Set(given.map((value) => (value === null ? value : describeValue(value))));
    if (distinct.size < 2) return [];
    const list = "values" in choice ? inOrder(choice.values) : null;
    const isNumeric = given.every((value) => value === null || typeof value === "number");
    const shown = (value: SettingValue | null) =>
      value === null || (isNumeric && typeof value === "number") ? value : describeValue(value);
    return [
      {
        name,
        values: given.map((value) => shown(value) as number | string | null),
        logarithmic: "logUniform" in choice,
        listed: list && [...new Set(list.map(describeValue))].filter((word) => distinct.has(word)),
      },
    ];
  });
}

function inOrder(values: readonly SettingValue[]): readonly SettingValue[] {
  return values.every((value) => typeof value === "number") ? [...values].sort((a, b) => a - b) : values;
}
