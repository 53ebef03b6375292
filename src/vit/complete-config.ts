import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { withFieldDefaults } from "../base/field";
import { completeNormalization } from "../tensor/normalization";
import type { FullViTConfig, ViTConfig } from "./config";
import { CONFIG_FIELDS } from "./config-fields";
import { configProblems } from "./config-problems";
import { presets } from "./presets";

/**
 * Fills in the defaults and checks that the parts fit together, each within its limit, so that a config alone, from wherever
 * it came, can't ask for more memory than there is.
 *
 * @throws VitlabError naming the first field that doesn't fit.
 */
export function completeConfig(config: ViTConfig): FullViTConfig {
  checkGiven(config);
  checkOptions("config", config, CONFIG_FIELDS, "field");
  const full = withFieldDefaults(CONFIG_FIELDS, config);
  for (const { message } of configProblems(full)) throw new VitlabError(message);
  return { ...full, normalize: completeNormalization(full.normalize, full.channels) };
}

function checkGiven(config: unknown): void {
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return;
  const names = Object.keys(presets).map((name) => `presets.${name}`);
  throw new VitlabError(
    `the model's config is ${show(config)}: give one of ${names.join(", ")}, or an object with the fields of ViTConfig`,
  );
}
