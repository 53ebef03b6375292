import type { Correction } from "./control";

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The smallest and the largest value of a widget in a sentence: those of a scale are `base ** min` and `base ** max`. */
type Limits = (bounds: Bounds) => readonly [number, number];

const themselves: Limits = ({ min, max }) => [min, max];

/**
 * What keeps a value inside of its bounds, as ipywidgets does: bounds that change take the value along, the largest must
 * not be below the smallest.
 */
export function withinBounds<Value extends { value: number } & Bounds>(limits = themselves) {
  return (next: Value, _asked: Partial<Value>, before: Value): readonly Correction[] => {
    const wrongBounds = misplacedBounds(next, before);
    const [low, high] = limits(wrongBounds.length > 0 ? { ...next, ...boundsOf(before) } : next);
    const value = Math.min(Math.max(next.value, low), high);
    if (value === next.value) return wrongBounds;
    return [...wrongBounds, { name: "value", value, expected: `a number from ${low} to ${high}` }];
  };
}

/** The same for a pair of values. */
export function rangeWithinBounds<Value extends { value: readonly [number, number] } & Bounds>(
  next: Value,
  _asked: Partial<Value>,
  before: Value,
): readonly Correction[] {
  const wrongBounds = misplacedBounds(next, before);
  const { min, max } = wrongBounds.length > 0 ? before : next;
  const value = next.value.map((end) => Math.min(Math.max(end, min), max));
  if (value[0] === next.value[0] && value[1] === next.value[1]) return wrongBounds;
  return [...wrongBounds, { name: "value", value, expected: `two numbers from ${min} to ${max}` }];
}

function misplacedBounds({ min, max }: Bounds, before: Bounds): readonly Correction[] {
  if (min <= max) return [];
  return [
    { name: "min", value: before.min, expected: `a number up to max, ${max}` },
    { name: "max", value: before.max, expected: `a number from min, ${min}, on` },
  ];
}

function boundsOf({ min, max }: Bounds): Bounds {
  return { min, max };
}
