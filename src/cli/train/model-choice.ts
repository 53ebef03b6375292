import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { VitlabError } from "../../base/error";
import type { ViTConfig } from "../../vit/config";
import { presets } from "../../vit/presets";

/** The presets by their names on the command line. */
export const PRESETS: Readonly<Record<string, ViTConfig>> = {
  article: presets.articleSimpleViT,
  "article-as-printed": presets.articleAsPrinted,
  tiny: presets.tiny,
  small: presets.small,
  "vit-base-16": presets.vitBase16,
};

/** Reads `--preset` off the command line: one of PRESETS, or its name in the library, such as vitBase16. */
export function presetName(text: string): string {
  if (Object.hasOwn(PRESETS, text)) return text;
  const config = Object.hasOwn(presets, text) ? presets[text as keyof typeof presets] : undefined;
  const name = Object.keys(PRESETS).find((name) => PRESETS[name] === config);
  if (name === undefined) throw new InvalidArgumentError(`Allowed choices are ${Object.keys(PRESETS).join(", ")}.`);
  return name;
}

/**
 * Reads a model's config from a JSON file: a ViTConfig, or the config.json of a checkpoint.
 *
 * @throws VitlabError when the file can't be read or is neither.
 */
export function configFromFile(path: string): ViTConfig {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VitlabError(
      `--config ${path} can't be read: ${code === "ENOENT" ? "there is no such file" : (error as Error).message}`,
    );
  }
  let parsed: { model?: ViTConfig } | ViTConfig | null;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new VitlabError(`--config ${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new VitlabError(
      `--config ${path} must hold one JSON object, such as {"imageSize": 32, "patchSize": 4, "dim": 48, …}`,
    );
  return "model" in parsed && parsed.model ? parsed.model : (parsed as ViTConfig);
}
