import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { asha, everyTrial, type Job, rungsOf, type Search } from "../../src/sweep/search";

/** Runs a search with `workers` at a time, each job ending after as many turns as it has epochs; returns the jobs. */
function run(search: Search, valueAt: (trial: number, epoch: number) => number, workers: number): Job[] {
  const jobs: Job[] = [];
  const under: { job: Job; left: number }[] = [];
  const reached = new Map<number, number>();
  for (;;) {
    while (under.length < workers) {
      const job = search.next();
      if (!job) break;
      jobs.push(job);
      under.push({ job, left: job.untilEpoch - (reached.get(job.trial) ?? 0) });
    }
    if (under.length === 0) return jobs;
    for (const each of under) each.left--;
    for (const each of under.filter(({ left }) => left <= 0)) {
      under.splice(under.indexOf(each), 1);
      const { trial, untilEpoch: epoch } = each.job;
      reached.set(trial, epoch);
      search.tell({ trial, epoch, value: valueAt(trial, epoch) });
    }
  }
}

const epochsOf = (jobs: readonly Job[]) => {
  const reached = new Map<number, number>();
  for (const { trial, untilEpoch } of jobs) reached.set(trial, Math.max(untilEpoch, reached.get(trial) ?? 0));
  return [...reached.values()].reduce((sum, epochs) => sum + epochs, 0);
};

describe("every trial", () => {
  it("is trained to its end, once, in order", () => {
    expect(run(everyTrial([5, 5, 5]), () => 0, 2)).toEqual([0, 1, 2].map((trial) => ({ trial, untilEpoch: 5 })));
  });
});

describe("asynchronous successive halving", () => {
  it("compares after reduction times as many epochs each time, and at the end", () => {
    expect(rungsOf({ epochs: 16, minEpochs: 1, reduction: 4 })).toEqual([1, 4, 16]);
    expect(rungsOf({ epochs: 20, minEpochs: 2, reduction: 3 })).toEqual([2, 6, 18, 20]);
    expect(rungsOf({ epochs: 1, minEpochs: 1, reduction: 4 })).toEqual([1]);
  });

  it.each([1, 4, 7])(
    "with %i workers finds the best of 27 trials with at most 40 %% of the grid's epochs",
    (workers) => {
      for (let seed = 0; seed < 50; seed++) {
        const random = new Random(seed);
        const best = random.integer(27);
        // Curves that don't cross: each falls to its own floor.
        const floors = Array.from({ length: 27 }, (_, trial) => (trial === best ? 0 : 0.1 + random.float()));
        const jobs = run(
          asha({ trials: 27, epochs: 27, minEpochs: 1, reduction: 3 }),
          (trial, epoch) => floors[trial]! + 1 / epoch,
          workers,
        );
        expect(jobs).toContainEqual({ trial: best, untilEpoch: 27 });
        expect(epochsOf(jobs) / (27 * 27)).toBeLessThan(0.4);
        expect(new Set(jobs.map(({ trial, untilEpoch }) => `${trial} ${untilEpoch}`)).size).toBe(jobs.length);
      }
    },
  );

  it("gives each rung at most its share, and a trial its rungs in order", () => {
    const jobs = run(asha({ trials: 20, epochs: 16, minEpochs: 1, reduction: 4 }), (trial) => trial, 1);
    const count = (epoch: number) => jobs.filter(({ untilEpoch }) => untilEpoch === epoch).length;
    expect([count(1), count(4), count(16)]).toEqual([20, 5, 1]);
    expect(jobs.filter(({ trial }) => trial === 0).map(({ untilEpoch }) => untilEpoch)).toEqual([1, 4, 16]);
  });

  it("lets a trial that diverged or failed go no further, and the others go on", () => {
    const search = asha({ trials: 4, epochs: 4, minEpochs: 1, reduction: 2 });
    const jobs: Job[] = [];
    for (let job = search.next(); job; job = search.next()) {
      jobs.push(job);
      if (job.trial === 0) search.fail(0);
      else search.tell({ trial: job.trial, epoch: job.untilEpoch, value: job.trial === 1 ? Number.NaN : job.trial });
    }
    const furthest = (trial: number) => Math.max(...jobs.filter((j) => j.trial === trial).map((j) => j.untilEpoch));
    expect([0, 1, 2, 3].map(furthest)).toEqual([1, 1, 4, 2]);
  });

  it("the same values told in the same order give the same jobs", () => {
    const once = () =>
      run(asha({ trials: 9, epochs: 9, minEpochs: 1, reduction: 3 }), (t, e) => Math.sin(t) + 1 / e, 3);
    expect(once()).toEqual(once());
  });
});
