/** How far a trial is to be trained, and with what it goes on from there. */
export interface Job {
  /** The trial's number, from 0. */
  readonly trial: number;
  /** Train until so many epochs are over, the ones of earlier jobs among them. */
  readonly untilEpoch: number;
}

/** What a search has learnt of a trial: it came so far, with this value of what is monitored, less is better. */
export interface Told {
  readonly trial: number;
  readonly epoch: number;
  readonly value: number;
}

/** Decides which trial is trained next, and how far. Pure: what was told and asked for in the same order gives the same jobs. */
export interface Search {
  /** The next job; null where there is none now, though another may come when those under way have been told. */
  next(): Job | null;
  /** A job came to its end. */
  tell(told: Told): void;
  /** A trial can't be trained: it counts as the worst. */
  fail(trial: number): void;
}

/** Trains every trial to its end, in their order; `epochs` says how far each. */
export function everyTrial(epochs: readonly number[]): Search {
  let next = 0;
  return {
    next: () => (next < epochs.length ? { trial: next, untilEpoch: epochs[next++]! } : null),
    tell: () => {},
    fail: () => {},
  };
}

export interface AshaOptions {
  readonly trials: number;
  /** Epochs of a trial that comes to the top. */
  readonly epochs: number;
  /** Epochs after which trials are compared for the first time. */
  readonly minEpochs: number;
  /** One of so many goes on. */
  readonly reduction: number;
}

/**
 * Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020, algorithm 2):
 * all trials are trained a little; whenever one of a rung is among the best 1 / reduction of those that came to that rung, it
 * goes on to the next, reduction times as far.
 */
export function asha({ trials, epochs, minEpochs, reduction }: AshaOptions): Search {
  const rungs = rungsOf({ epochs, minEpochs, reduction });
  const values = rungs.map(() => new Map<number, number>());
  const promoted = rungs.map(() => new Set<number>());
  let started = 0;

  const promotable = (rung: number): number | undefined => {
    const known = [...values[rung]!].sort(([a, x], [b, y]) => x - y || a - b);
    const best = known.slice(0, Math.floor(known.length / reduction));
    return best.find(([trial, value]) => value < Number.POSITIVE_INFINITY && !promoted[rung]!.has(trial))?.[0];
  };

  return {
    next: () => {
      for (let rung = rungs.length - 2; rung >= 0; rung--) {
        const trial = promotable(rung);
        if (trial === undefined) continue;
        promoted[rung]!.add(trial);
        return { trial, untilEpoch: rungs[rung + 1]! };
      }
      return started < trials ? { trial: started++, untilEpoch: rungs[0]! } : null;
    },
    tell: ({ trial, epoch, value }) => {
      const rung = rungs.indexOf(epoch);
      // A trial that ended early, by itself, is as good as it was there.
      if (rung >= 0) values[rung]!.set(trial, Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
    },
    fail: (trial) => {
      const rung = values.findIndex((known) => !known.has(trial));
      if (rung >= 0) values[rung]!.set(trial, Number.POSITIVE_INFINITY);
    },
  };
}

/** The epochs after which trials are compared, the last of them the end. */
export function rungsOf({ epochs, minEpochs, reduction }: Omit<AshaOptions, "trials">): number[] {
  const rungs: number[] = [];
  for (let epoch = minEpochs; epoch < epochs; epoch *= reduction) rungs.push(Math.round(epoch));
  return [...rungs, epochs];
}
