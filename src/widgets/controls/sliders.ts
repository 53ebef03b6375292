import { control } from "./control";
import { Layout } from "./layout";
import { controlNames } from "./names";
import { SliderStyle } from "./styles";
import { choice, DESCRIBED, flag, number, numberFormat, step, type Trait, whole, wholeStep } from "./traits";
import { rangeWithinBounds, withinBounds } from "./within-bounds";

const LOOK = {
  ...DESCRIBED,
  disabled: flag(false),
  orientation: choice("horizontal", "vertical"),
  /** Whether the value follows while the handle moves, or only when it is let go. */
  continuousUpdate: flag(true),
  /** Whether the value is written beside it. */
  readout: flag(true),
  /** How a pull, a click beside the handle and a tap move it. */
  behavior: choice("drag-tap", "drag-snap", "tap", "drag", "snap"),
};

const PARTS = { layout: Layout, style: SliderStyle };

const INT_SLIDER = {
  value: whole(0),
  min: whole(0),
  max: whole(100),
  step: wholeStep(1),
  ...LOOK,
  readoutFormat: numberFormat("d"),
};

/** A slider of whole numbers: `new widgets.IntSlider({ min: 0, max: 11, description: "block" })`. */
export class IntSlider extends control({
  name: "IntSlider",
  names: controlNames("IntSlider"),
  traits: INT_SLIDER,
  parts: PARTS,
  agree: withinBounds(),
}) {}

/** A slider of numbers. */
export class FloatSlider extends control({
  name: "FloatSlider",
  names: controlNames("FloatSlider"),
  traits: {
    value: number(0),
    min: number(0),
    max: number(100),
    step: step(0.1),
    ...LOOK,
    readoutFormat: numberFormat(".2f"),
  },
  parts: PARTS,
  agree: withinBounds(),
}) {}

const aBase: Trait<number> = {
  takes: (value) => Number.isFinite(value) && (value as number) > 1,
  expected: "a number above 1",
  first: 10,
};

/** A slider of numbers from `base ** min` to `base ** max`, such as learning rates. */
export class FloatLogSlider extends control({
  name: "FloatLogSlider",
  names: controlNames("FloatLogSlider"),
  traits: {
    value: number(1),
    /** The smallest and the largest exponent, and the step between exponents. */
    min: number(0),
    max: number(4),
    step: step(0.1),
    base: aBase,
    ...LOOK,
    readoutFormat: numberFormat(".3g"),
  },
  parts: PARTS,
  agree: (next, asked, before) =>
    withinBounds<typeof next>(({ min, max }) => [power(next.base, min), power(next.base, max)])(next, asked, before),
}) {}

/** 10 to the power of -4 is 0.0001; `10 ** -4` is a little less. */
function power(base: number, exponent: number): number {
  return exponent < 0 ? 1 / base ** -exponent : base ** exponent;
}

const aRange: Trait<readonly [number, number]> = {
  takes: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger) && value[0] <= value[1],
  expected: "two whole numbers, the smaller one first",
  first: [25, 75],
  read: (written) =>
    Array.isArray(written) ? written.map((end) => (typeof end === "number" ? Math.trunc(end) : end)) : written,
};

/** A slider with two handles: the value is a pair of whole numbers. */
export class IntRangeSlider extends control({
  name: "IntRangeSlider",
  names: controlNames("IntRangeSlider"),
  traits: { ...INT_SLIDER, value: aRange },
  parts: PARTS,
  agree(next, asked, before) {
    // The middle half of the bounds, as long as nobody has chosen.
    const [first, chosen] = [next.value === aRange.first, "value" in asked];
    if (!first || chosen || next.min > next.max) return rangeWithinBounds(next, asked, before);
    const [quarter, span] = [(next.max - next.min) / 4, next.max - next.min];
    const value = [next.min + quarter, next.min + span - quarter].map(Math.trunc);
    return [{ name: "value", value }];
  },
}) {}
