import type { Command } from "commander";
import { nearestName } from "../../base/check-options";

/** What commander says of an option that isn't there, with the one that was meant: `--lr` is `--learning-rate`. */
export function withMeantOption(text: string, command: Command): string {
  const given = /^error: unknown option '(--[^'=]+)/.exec(text)?.[1];
  if (given === undefined) return text;
  const names = command.options.map((option) => option.attributeName());
  const near = nearestName(given, names);
  const meant = command.options.find((option) => option.attributeName() === near);
  return `error: unknown option '${given}'${meant ? `: did you mean ${meant.long}?` : ""}\n`;
}
