import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { VitlabError } from "../../base/error";
import { CHECKPOINT_FILES } from "../../train/checkpoint/files";
import { readCheckpointInfo } from "../../train/checkpoint/model-checkpoint";
import type { FullViTConfig } from "../../vit/config";
import { type DataSource, rememberedSource } from "../inputs/data-source";

/** What the checkpoint tells in other words, or what is about this call and not about the run. */
const APART: readonly string[] = [
  "preset",
  "config",
  "data",
  "validation",
  "out",
  "resume",
  "overwrite",
  "json",
  "saveEvery",
];

/** Options that had other names when older runs were saved. */
const RENAMED: Readonly<Record<string, string>> = { warmup: "warmupSteps", clip: "clipNorm" };

/** What of a command's options decides its run, defaults included, as `about.settings` of its checkpoint keeps it. */
export function settingsOf(command: Command, options: object): Record<string, unknown> {
  const given = options as Record<string, unknown>;
  // In the command's order, so that a run that goes on writes the same bytes.
  const names = command.options.map((option) => option.attributeName()).filter((name) => !APART.includes(name));
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}

/** A run in a folder that is to go on. */
export interface SavedRun {
  model: FullViTConfig;
  about: Readonly<Record<string, unknown>>;
  /** The images it was trained on. */
  data: () => DataSource;
  /** Images it held out for validation, where that was said. */
  validation: number | undefined;
  /** Its settings, those apart that the command line gives. */
  settings: Record<string, unknown>;
}

/**
 * The run that a command with `--resume` goes on with; undefined where the folder holds none yet.
 *
 * @param command as it was called: what is given there comes before what the run had, and is checked by the run itself
 * @throws VitlabError when its config.json is damaged, or keeps a setting that the command line would refuse.
 */
export async function savedRun(
  command: Command,
  out: string,
  say: (text: string) => void,
): Promise<SavedRun | undefined> {
  const path = join(out, CHECKPOINT_FILES.config);
  if (!existsSync(path)) return undefined;
  const { config, about } = await readCheckpointInfo(out, say);
  const kept = Object.fromEntries(
    Object.entries(about.settings ?? {}).map(([name, value]) => [RENAMED[name] ?? name, value]),
  );
  const settings: Record<string, unknown> = {};
  for (const option of command.options) {
    const name = option.attributeName();
    const value = kept[name];
    if (value === undefined || APART.includes(name) || command.getOptionValueSource(name) === "cli") continue;
    try {
      // As if it stood on the command line, so that the same is refused.
      settings[name] = option.parseArg ? option.parseArg(asText(value), undefined) : value === true;
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new VitlabError(`${path}: about.settings.${name} is ${asText(value)}. ${error.message}`);
    }
  }
  const { validation } = about;
  return {
    model: config,
    about,
    data: () => rememberedSource(out, about.data),
    validation: typeof validation === "number" ? validation : undefined,
    settings,
  };
}

/** A setting as the command line has it: `cat,dog`, `flip,shift=2`. */
function asText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.join(",");
  return Object.entries(value)
    .map(([name, part]) => (part === true ? name : `${name}=${part}`))
    .join(",");
}
