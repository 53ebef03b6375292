import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let describeBusy: Loaded;
let describePauses: Loaded;
let howBusy: Loaded;

beforeAll(async () => {
  ({ describeBusy, describePauses, howBusy } = await load("models/busy.mjs"));
});

describe("how busy the machine is", () => {
  it("is said in one line where nobody else runs", () => {
    expect(describeBusy({ load: 0.1, cores: 2, busyCores: 0.02, others: [] })).toBe(
      "machine: load average 0.10, 0.0 of 2 cores at work",
    );
    expect(describePauses(0.05, 2).warning).toBeUndefined();
  });

  it("is a warning that names who runs", () => {
    const others = [{ pid: 7, name: "node", cores: 0.9 }];
    expect(describeBusy({ load: 1.2, cores: 2, busyCores: 0.9, others })).toMatch(
      /at work: node \(7\) 0\.9\n⚠ others run/,
    );
    expect(describePauses(0.9, 2).warning).toMatch(/^⚠ others ran meanwhile/);
  });

  it("is measured", async () => {
    const { cores, busyCores } = await howBusy({ seconds: 0.05 });
    expect(busyCores).toBeGreaterThanOrEqual(0);
    expect(busyCores).toBeLessThanOrEqual(cores);
  });
});
