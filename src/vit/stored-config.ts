import type { ViTConfig } from "./config";

/** Fields that had another name when vitlab wrote them before. */
const RENAMED: Readonly<Record<string, keyof ViTConfig>> = {
  initialisation: "initialization",
  normalise: "normalize",
};

/** A config as a file has it, by the names that its fields have today. */
export function storedConfig(fields: Readonly<Record<string, unknown>>): ViTConfig {
  const renamed = Object.entries(fields).map(([name, value]) => [
    Object.hasOwn(RENAMED, name) ? RENAMED[name] : name,
    value,
  ]);
  return Object.fromEntries(renamed);
}
