import { plainText } from "../../base/plain-text";
import { shorten } from "../../base/text-table";
import { flatSettings } from "../../train/checkpoint/recipe";
import type { RunRecord } from "../../train/recent-runs";
import type { SettingsTable } from "./dashboard-view";

const MOST_ROWS = 30;
const MOST_CHARACTERS = 60;

/** What differs between the settings of runs; hashes of data, which say nothing to people, are left out. */
export function settingsTable(runs: readonly Pick<RunRecord, "name" | "settings" | "rateChanges">[]): SettingsTable {
  const all = runs.map(({ settings, rateChanges }) => {
    const flat = flatSettings(settings);
    for (const name of ["firstBatch", "train.sha256", "validation.sha256"]) flat.delete(name);
    if (rateChanges.length > 0)
      flat.set(
        "learning rate by hand",
        rateChanges.map(({ learningRate, update }) => `${learningRate} from step ${update + 1}`).join(", "),
      );
    return flat;
  });
  const names = [...new Set(all.flatMap((flat) => [...flat.keys()]))];
  const rows = names
    .map((setting) => ({ setting, values: all.map((flat) => flat.get(setting) ?? "–") }))
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ setting, values }) => ({
      setting,
      values: values.map((value) => shorten(plainText(value), MOST_CHARACTERS)),
    }));
  return {
    runs: runs.map(({ name }) => name),
    rows: rows.slice(0, MOST_ROWS),
    more: Math.max(0, rows.length - MOST_ROWS),
  };
}
