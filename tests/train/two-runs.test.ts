import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useEngine } from "../../src/tensor/node/engine";
import { saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { fit } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import type { ViT } from "../../src/vit/model";
import { colors, microModel } from "./micro";

let dir: string;
const models: ViT[] = [];
beforeEach(async () => {
  await useEngine("cpu", { quiet: true });
  dir = join(mkdtempSync(join(tmpdir(), "vitlab-two-")), "run");
});
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

const images = colors(16);

function start(options: FitOptions["checkpoint"], more: Partial<FitOptions> = {}) {
  const model = microModel();
  models.push(model);
  return {
    model,
    run: fit(model, { train: images, epochs: 2, batchSize: 8, timing: false, checkpoint: options, ...more }),
  };
}

const lockFile = () => join(dir, "run.lock");

it("refuses a second run in the folder of one that goes on, however it is started", async () => {
  const first = start({ dir });
  await first.run.plan;
  const files = readdirSync(dir);
  for (const second of [{ dir }, { dir, overwrite: true }, { dir, resume: true }])
    expect(() => start(second)).toThrow(/is in use by another run of this program since .+: await it/);
  await expect(saveCheckpoint(dir, first.model)).rejects.toThrow("is in use by another run of this program");
  expect(readdirSync(dir)).toEqual(files);
  expect((await first.run).reason).toBe("finished");
  expect(existsSync(lockFile())).toBe(false);
});

it("lets one of two begin that are started at once", async () => {
  const runs = [start({ dir }), start({ dir })];
  const outcomes = await Promise.allSettled(runs.map(({ run }) => run));
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.map(({ reason }) => String(reason))).toEqual([
    expect.stringContaining("is in use by another run of this program"),
  ]);
});

it("lets nobody write over a run that came and went before the lock was had", async () => {
  const first = start({ dir });
  await first.run.plan;
  await first.run;
  expect(() => start({ dir })).toThrow("holds a checkpoint already");
});

it("leaves the folder free after a run that ended, was stopped, or failed", async () => {
  await start({ dir }).run;
  const stopped = start({ dir, overwrite: true });
  await stopped.run.plan;
  stopped.run.stop();
  expect((await stopped.run).reason).toBe("stopped");
  const wrong = start({ dir, resume: true }, { batchSize: 4 });
  await expect(wrong.run).rejects.toThrow("can't be resumed with other settings");
  expect(existsSync(lockFile())).toBe(false);
  expect((await start({ dir, overwrite: true }).run).reason).toBe("finished");
  await saveCheckpoint(dir, stopped.model);
});

it("gives the folder and the model of a run that V8 broke off to the next one", () => {
  const program = `
    const { Worker } = require("node:worker_threads");
    const { useEngine } = require("./src/tensor/node/engine.ts");
    const { fit } = require("./src/train/fit.ts");
    const { sgd } = require("./src/train/optimizers/sgd.ts");
    const { colors, microModel } = require("./tests/train/micro.ts");
    const usual = sgd();
    // As a cell that computes on and on.
    const endless = { ...usual, update() { for (;;); } };
    (async () => {
      await useEngine("cpu", { quiet: true });
      const model = microModel();
      const options = { train: colors(16), epochs: 1, batchSize: 8, timing: false, checkpoint: { dir: ${JSON.stringify(dir)}, overwrite: true } };
      void fit(model, { ...options, optimizer: endless }).plan.then(() => {
        new Worker(\`const { Session } = require("node:inspector");
          const session = new Session();
          session.connectToMainThread();
          setTimeout(() => session.post("Runtime.terminateExecution"), 300);\`, { eval: true });
      });
      setTimeout(async () => {
        const result = await fit(model, { ...options, optimizer: usual });
        console.log(result.reason, require("node:fs").readdirSync(${JSON.stringify(dir)}).sort().join(" "));
        process.exit();
      }, 1500);
    })();`;
  const said = execFileSync(process.execPath, ["--require", "./tests/base/node/child/typescript.cjs", "-e", program], {
    cwd: join(__dirname, "..", ".."),
    encoding: "utf8",
  });
  expect(said.trim()).toBe("finished config.json model.safetensors training.safetensors");
});

it("tells of its folder in the lock", async () => {
  const { run } = start({ dir });
  await run.plan;
  expect(JSON.parse(readFileSync(lockFile(), "utf8"))).toMatchObject({ pid: process.pid });
  await run;
});
