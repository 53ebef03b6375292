/** A value with those before it and those that were taken back. */
export interface Steps<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
}

export function firstStep<T>(now: T): Steps<T> {
  return { past: [], now, future: [] };
}

/** Goes on to a value; `merge` replaces the one of now instead, for a handle that is still being pulled. */
export function nextStep<T>({ past, now }: Steps<T>, next: T, merge = false): Steps<T> {
  return { past: merge ? past : [...past, now], now: next, future: [] };
}

export function undo<T>(steps: Steps<T>): Steps<T> {
  const { past, now, future } = steps;
  return past.length === 0 ? steps : { past: past.slice(0, -1), now: past.at(-1)!, future: [now, ...future] };
}

export function redo<T>(steps: Steps<T>): Steps<T> {
  const { past, now, future } = steps;
  return future.length === 0 ? steps : { past: [...past, now], now: future[0]!, future: future.slice(1) };
}
