import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { savedRuns } from "../../src/train/checkpoint/saved-runs";
import { fit } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { recentRuns } from "../../src/train/recent-runs";
import { colors, microModel } from "./micro";

const dir = mkdtempSync(join(tmpdir(), "vitlab-runs-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(options: Partial<FitOptions> = {}) {
  const model = microModel();
  const result = await fit(model, { train: colors(12), epochs: 2, batchSize: 4, timing: false, ...options });
  model.dispose();
  return result;
}

describe("the runs of this process", () => {
  it("are remembered in their order, with settings and history, the last twenty of them", async () => {
    const { history } = await run({ labelSmoothing: 0.1 });
    const own = recentRuns().at(-1);
    expect(own?.name).toBe("run 1");
    expect(own?.history).toEqual(history);
    expect(own?.settings).toMatchObject({
      labelSmoothing: 0.1,
      train: { name: "colors", length: 12 },
      validation: null,
    });
    for (let i = 0; i < 20; i++) await run({ epochs: 1 });
    expect(recentRuns().map(({ name }) => name)).toEqual(Array.from({ length: 20 }, (_, i) => `run ${i + 2}`));
  });

  it("are called by the folder that they are saved in", async () => {
    await run({ checkpoint: { dir: join(dir, "a") } });
    expect(recentRuns().at(-1)?.name).toBe(join(dir, "a"));
  });
});

describe("the runs saved under a folder", () => {
  it("are read with settings, history and changes, the newest last; what is none is passed over", async () => {
    const [first, second] = [join(dir, "runs", "first"), join(dir, "runs", "sweep", "second")] as const;
    const { history } = await run({ checkpoint: { dir: second }, seed: 3 });
    await run({
      checkpoint: { dir: first },
      callbacks: (event, run) => void (event.type === "step" && event.update === 1 && run.setLearningRate(0.5e-3)),
    });
    utimesSync(join(first, "training.safetensors"), 1, 1);
    mkdirSync(join(dir, "runs", "broken"));
    writeFileSync(join(dir, "runs", "broken", "training.safetensors"), "nothing");
    const found = await savedRuns(join(dir, "runs"));
    expect(found.map(({ name }) => name)).toEqual([first, second]);
    expect(found[1]?.history).toEqual(history);
    expect(found[1]?.settings.seed).toBe(3);
    expect(found[0]?.rateChanges).toMatchObject([{ update: 1, learningRate: 0.5e-3 }]);
  });

  it("are none where there is no such folder", async () => {
    expect(await savedRuns(join(dir, "nowhere"))).toEqual([]);
  });
});
