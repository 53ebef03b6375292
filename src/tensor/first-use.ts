let start: () => void = () => {};

/** Says what has to run before the first tensor of a model is made, as choosing an engine does in Node. */
export function onFirstUse(run: () => void): void {
  start = run;
}

/** To be called before the first tensor of a model is made. */
export function startEngine(): void {
  start();
}
