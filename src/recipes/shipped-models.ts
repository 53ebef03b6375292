import { readdirSync } from "node:fs";
import { join } from "node:path";
import { shipped } from "../base/node/shipped";

/** The models that come with vitlab, each in a folder of its name. */
const FOLDER = shipped("models");

/** Names of the models that come with vitlab. */
export function shippedModels(): string[] {
  return readdirSync(FOLDER).sort();
}

/** The folder of a model that comes with vitlab; undefined where none has this name. */
export function shippedModel(name: string): string | undefined {
  return shippedModels().includes(name) ? join(FOLDER, name) : undefined;
}
