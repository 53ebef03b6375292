import { describe, expect, it } from "vitest";
import { formatTime } from "../../../../src/kernel/child/magics/format-time";
import { bytes } from "../../../../src/kernel/child/magics/memory";
import { timeit, timingText } from "../../../../src/kernel/child/magics/timeit";

describe("formatTime writes seconds as IPython does", () => {
  it.each([
    [0, "0 ns"],
    [3.2e-10, "0.32 ns"],
    [12.345e-6, "12.3 µs"],
    [0.0015, "1.5 ms"],
    [0.25, "250 ms"],
    [59.94, "59.9 s"],
    [125, "2min 5s"],
    [90_061, "1d 1h 1min 1s"],
  ])("%d: %s", (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });
});

describe("timingText", () => {
  it("tells mean and deviation", () => {
    expect(timingText({ loops: 10_000, runs: [11e-6, 13e-6] })).toBe(
      "12 µs ± 1 µs per loop (mean ± std. dev. of 2 runs, 10,000 loops each)\n",
    );
  });

  it("warns when one run took much longer", () => {
    expect(timingText({ loops: 1, runs: [1e-3, 5e-3] })).toMatch(
      /^The slowest run took 5\.00 times longer than the fastest\. This could mean that an intermediate result is being cached\.\n/,
    );
  });
});

describe("timeit", () => {
  it("chooses the first power of ten of loops that takes long enough", async () => {
    let calls = 0;
    const { loops, runs } = await timeit(
      () => {
        calls++;
        const end = performance.now() + 30;
        while (performance.now() < end);
      },
      { runs: 1 },
      new AbortController().signal,
    );
    expect([loops, runs.length, calls]).toEqual([10, 1, 1 + 1 + 10 + 10]);
    expect(runs[0]).toBeGreaterThanOrEqual(0.03);
  });
});

it("bytes are written in binary units", () => {
  expect([0, 1023, 1536, 3 * 2 ** 30].map(bytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "3 GiB"]);
});
