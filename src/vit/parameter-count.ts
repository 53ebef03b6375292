import type { ParameterCount } from "../nn/module";
import type { FullViTConfig } from "./config";
import { parameterShapes } from "./parameter-shapes";

/** What `new ViT(config).parameterCount()` would say, without making the model. */
export function parameterCount(config: FullViTConfig): ParameterCount {
  const all: ParameterCount = { total: 0, parts: {} };
  for (const [name, shape] of parameterShapes(config)) {
    const size = shape.reduce((product, length) => product * length, 1);
    let part = all;
    part.total += size;
    for (const step of modulePath(name)) {
      part.parts[step] ??= { total: 0, parts: {} };
      part = part.parts[step];
      part.total += size;
    }
  }
  return all;
}

/** Blocks are modules of the model by their number: `blocks.0`. */
function modulePath(name: string): string[] {
  return name
    .replace(/^blocks\./, "blocks:")
    .split(".")
    .map((step) => step.replace(":", "."));
}
