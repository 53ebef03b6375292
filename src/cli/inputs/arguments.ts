import { InvalidArgumentError, Option } from "commander";
import type { AugmentOptions } from "../../data/augment";

/** What linear layers multiply in. */
export function precisionOption(): Option {
  return new Option("--precision <name>", "of products: bfloat16 is faster where the processor has instructions for it")
    .choices(["float32", "bfloat16"])
    .default("float32");
}

/** Reads a whole number of at least `least` off the command line. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = toNumber(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    return value;
  };
}

/** Reads a whole number from 0, or one of some words, off the command line. */
export function orWord<Word extends string>(...words: readonly Word[]): (text: string) => number | Word {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word !== undefined) return word;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new InvalidArgumentError(`It must be a whole number, 0 or more, or ${words.join(" or ")}.`);
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

/** Reads "cat,dog" off the command line. */
export function nameList(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** What `--augment` takes, for the help. */
export const AUGMENT_HELP =
  "a list of flip, shift (by up to 4 pixels), shift=2, trivial, color, cutout (8 pixels), erase, such as flip,shift,color=0.2";

/** The parts of `--augment` that take a number, with that which stands where none is given. */
const AUGMENT_PARTS = { shift: 4, trivial: 1, color: 0.4, cutout: 8, erase: 0.25 } as const;

/** Reads "flip,shift" or "flip,shift=2,color=0.2" off the command line. */
export function augmentChoice(text: string): AugmentOptions {
  const choice: AugmentOptions = {};
  for (const part of text.split(",").map((word) => word.trim())) {
    const [name = "", value] = part.split("=");
    if (name === "flip" && value === undefined) choice.flip = true;
    else if (Object.hasOwn(AUGMENT_PARTS, name)) {
      const known = name as keyof typeof AUGMENT_PARTS;
      const whole = known === "shift" || known === "cutout";
      choice[known] =
        value === undefined ? AUGMENT_PARTS[known] : whole ? wholeNumber(1)(value) : positiveNumber(value);
    } else throw new InvalidArgumentError(`It must be ${AUGMENT_HELP}.`);
  }
  return choice;
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** What a command takes for a model. */
export const MODEL_HELP =
  "what vitlab train wrote, a folder in Hugging Face's format, owner/name on the Hugging Face hub (downloaded once), or a model that comes along, such as vit-cifar10";
