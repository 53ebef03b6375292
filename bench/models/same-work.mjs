const drawsOfOneImage = 1024;

/**
 * Draws of dropout over which the movement of a batch's logits is measured: so many that the competitors' figures differ by
 * chance by about 3 percent, in a model of 8 dimensions and 3 classes as in a large one. A fifth of the tolerance below.
 */
export function noiseDraws(batch) {
  return Math.max(8, Math.ceil(drawsOfOneImage / batch));
}

const exact = {
  // Float32 sums in another order.
  first: 1e-4,
  // Adam makes a step of full length out of a gradient that is nothing but rounding.
  later: 2e-3,
  logits: 1e-4,
  noise: 0.15,
};

/** Where bfloat16 rounds each number that is multiplied to one part in 256. */
const rounding = { first: 2e-2, later: 5e-2, logits: 5e-2, noise: 0.15 };

/**
 * Whether a competitor did what the reference did: undefined if so, otherwise what differs.
 *
 * In inference the logits are the same. In training the losses of the first steps without dropout are the same, so that
 * forward pass, gradients and Adam are; and dropout moves the logits as far.
 */
export function differentWork(checked, reference, { rounded = false } = {}) {
  const tolerance = rounded ? rounding : exact;
  if (reference.logits) return differentLogits(checked.logits, reference.logits, tolerance);
  return (
    differentLosses(checked.losses, reference.losses, tolerance) ??
    differentNoise(checked.noise, reference.noise, tolerance)
  );
}

function differentLogits(logits, expected, tolerance) {
  if (logits.length !== expected.length) return `it has ${logits.length} logits instead of ${expected.length}`;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const furthest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - logits[i])), 0);
  return furthest <= tolerance.logits * largest ? undefined : `a logit differs by ${furthest.toPrecision(2)}`;
}

function differentLosses(losses, expected, tolerance) {
  const wrong = expected.findIndex((loss, i) => {
    const allowed = (i === 0 ? tolerance.first : tolerance.later) * Math.max(1, Math.abs(loss));
    return !(Math.abs(loss - losses[i]) <= allowed);
  });
  if (wrong < 0) return undefined;
  return `the loss of step ${wrong + 1} is ${losses[wrong]?.toFixed(5)} instead of ${expected[wrong].toFixed(5)}`;
}

function differentNoise(noise, expected, tolerance) {
  if (expected === null) return noise === null ? undefined : "it drops out where nothing is to be dropped";
  if (Math.abs(noise / expected - 1) <= tolerance.noise) return undefined;
  return `dropout moves its logits by ${noise?.toFixed(3)} instead of ${expected.toFixed(3)}`;
}

/** Turns shorter than this tell dropout's chance rather than training's course. */
const tellingSteps = 8;

/**
 * Whether training brought the loss down: in the first steps without dropout and in the turns long enough to tell, the second
 * half has a lower mean than the first; and every loss is a number.
 */
export function lossFell(checked, turns) {
  if (!turns.flat().every(Number.isFinite)) return false;
  const halves = [checked, ...turns.filter((losses) => losses.length >= tellingSteps)].map(halvesOf);
  return mean(halves.map(([first, second]) => second - first)) < 0;
}

function halvesOf(losses) {
  const middle = Math.floor(losses.length / 2);
  return [mean(losses.slice(0, middle)), mean(losses.slice(losses.length - middle))];
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
