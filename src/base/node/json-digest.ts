import { createHash } from "node:crypto";
import { VitlabError } from "../error";

/** Deeper than any config, shallow enough for the stack. */
const DEEPEST = 100;

/**
 * The SHA-256 of what some JSON says, whatever its spaces and the order of its fields.
 *
 * @throws VitlabError when its values are nested more than 100 deep.
 */
export function jsonDigest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sortFields(value)))
    .digest("hex");
}

/**
 * The same value with the fields of every object in the order of the alphabet.
 *
 * @throws VitlabError when its values are nested more than 100 deep.
 */
export function sortFields(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) throw new VitlabError(`JSON nested more than ${DEEPEST} deep can't be read; flatten it`);
  if (Array.isArray(value)) return value.map((inner) => sortFields(inner, depth + 1));
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, inner]) => [name, sortFields(inner, depth + 1)]));
}
