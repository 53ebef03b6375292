import { show } from "./check-options";

/** A value of a JSON file for a message, as it stands there; in a few words where it is nested too deep to be written. */
export function quoteJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? show(value);
  } catch {
    return show(value);
  }
}
