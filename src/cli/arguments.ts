import { InvalidArgumentError } from "commander";

/** Reads a whole number of at least `least` off the command line. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = toNumber(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    return value;
  };
}

/** Reads a number above 0 off the command line. */
export function positiveNumber(text: string): number {
  const value = toNumber(text);
  if (!(Number.isFinite(value) && value > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** Reads a number of 0 or more off the command line. */
export function notNegative(text: string): number {
  const value = toNumber(text);
  if (!(Number.isFinite(value) && value >= 0)) throw new InvalidArgumentError("It must be a number, 0 or more.");
  return value;
}

/** Reads a number from 0 to below 1 off the command line. */
export function share(text: string): number {
  const value = toNumber(text);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError("It must be a number from 0 to below 1.");
  return value;
}

/** Reads any whole number off the command line. */
export function anyWhole(text: string): number {
  const value = toNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** What `--augment` chose. */
export interface AugmentChoice {
  flip: boolean;
  /** In pixels. */
  shift: number;
}

/** Reads "flip,shift" or "flip,shift=2" off the command line. */
export function augmentChoice(text: string): AugmentChoice {
  const choice: AugmentChoice = { flip: false, shift: 0 };
  for (const part of text.split(",").map((word) => word.trim())) {
    const [name, value] = part.split("=");
    if (name === "flip" && value === undefined) choice.flip = true;
    else if (name === "shift") choice.shift = value === undefined ? 4 : wholeNumber(1)(value);
    else throw new InvalidArgumentError('It must be a list of "flip" and "shift" (by 4 pixels) or "shift=2".');
  }
  return choice;
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
