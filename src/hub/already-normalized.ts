import { VitlabError } from "../base/error";

/**
 * Takes numbers for bytes, or says why they can't be the bytes of a picture.
 *
 * @param rescale whether the processor multiplies with 1/255 next: then what lies in [0, 1] is refused
 * @throws VitlabError when the numbers were rescaled or normalized before, are no whole numbers, or pass 255.
 */
export function asBytes(values: ArrayLike<number>, what: string, { rescale }: { rescale: boolean }): Uint8Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value))
      throw new VitlabError(`${what} has a value ${value}: bytes from 0 to 255 are expected`);
    if (value < low) low = value;
    if (value > high) high = value;
    whole &&= Number.isInteger(value);
  }
  if (low < 0) throw new VitlabError(twice(what, low, high, "normalized"));
  if (high <= 1 && (rescale || !whole)) throw new VitlabError(twice(what, low, high, "rescaled"));
  if (high > 255 || !whole)
    throw new VitlabError(
      `${what} has values from ${short(low)} to ${short(high)}${whole ? "" : ", not all whole"}: bytes are expected, whole numbers from 0 to 255`,
    );
  return Uint8Array.from(values);
}

function twice(what: string, low: number, high: number, done: "normalized" | "rescaled"): string {
  return (
    `${what} has values from ${short(low)} to ${short(high)}, so it was ${done} before: a second time all of it would become ` +
    "nearly the same number (-1 to 1 becomes -1.008 to -0.992) and the model would see an even, almost black picture; " +
    "give the processor bytes from 0 to 255, or give these numbers to the model without it"
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
