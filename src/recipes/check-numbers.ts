import { VitlabError } from "../base/error";

/** Nothing that a report counts, measures or times is larger. */
const MOST = 1e15;

/** Deeper than any report. */
const DEEPEST = 20;

/**
 * Checks every number of a report: whatever was counted, measured or timed is finite and at most 10^15.
 *
 * @param path names the file in messages
 * @throws VitlabError naming the first that isn't.
 */
export function checkNumbers(value: unknown, path: string, name: readonly string[] = []): void {
  const where = name.join(".");
  if (typeof value === "number" && !(Math.abs(value) <= MOST))
    throw new VitlabError(`${path}: ${where} is ${value}; expected at most ${MOST.toLocaleString("en-US")}`);
  if (typeof value !== "object" || value === null) return;
  if (name.length > DEEPEST) throw new VitlabError(`${path}: ${where} is nested more than ${DEEPEST} deep`);
  for (const [field, inner] of Object.entries(value)) checkNumbers(inner, path, [...name, field]);
}
