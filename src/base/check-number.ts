import { VitlabError } from "./error";

/** Whether a value is one of so many places, counted from 0. */
export function isIndex(value: unknown, count: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}

/** @throws VitlabError unless the value is a whole number of at least `least`. */
export function checkWhole(name: string, value: number, least = 1): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw new VitlabError(`${name} is ${value}: it must be a whole number, ${least} or more`);
  return value;
}

/** @throws VitlabError unless the value is a finite number above 0. */
export function checkPositive(name: string, value: number): number {
  if (!(Number.isFinite(value) && value > 0)) throw new VitlabError(`${name} is ${value}: it must be above 0`);
  return value;
}

/** @throws VitlabError unless the value is a finite number, 0 or more. */
export function checkNotNegative(name: string, value: number): number {
  if (!(Number.isFinite(value) && value >= 0)) throw new VitlabError(`${name} is ${value}: it must be 0 or more`);
  return value;
}

/** @throws VitlabError unless 0 <= value < 1. */
export function checkShare(name: string, value: number): number {
  if (!(value >= 0 && value < 1)) throw new VitlabError(`${name} is ${value}: it must be at least 0 and below 1`);
  return value;
}

/** @throws VitlabError unless 0 <= value <= 1. */
export function checkProbability(name: string, value: number): number {
  if (!(value >= 0 && value <= 1)) throw new VitlabError(`${name} is ${value}: it must be from 0 to 1`);
  return value;
}
