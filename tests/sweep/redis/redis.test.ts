import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random";
import type { SweepPlan, SweepSoFar } from "../../../src/sweep/index";
import { expectRefusal, type Started, start, vitlab, workFolder } from "../../cli/vitlab";
import { freePort, RedisServer, redisProgram, Wire } from "./redis-server";

const { readSweep, readSweepSteps } =
  require("../../../dist/sweep/index.js") as typeof import("../../../src/sweep/index");

const folder = workFolder();
const TINY = { preset: "article", dim: 16, mlpDim: 16, depth: 1, heads: 2, trainCount: 300, validation: 100 };
const PLAN: SweepPlan = {
  data: "shapes",
  settings: {
    ...TINY,
    batchSize: 10,
    epochs: 6,
    learningRate: { values: [0.001, 0.003, 0.01] },
    optimizer: { values: ["adam", "sgd"] },
  },
  seeds: [0, 1, 2, 3],
  threads: 1,
};
writeFileSync(join(folder, "plan.json"), JSON.stringify(PLAN));

/** What a sweep came to, but for what no two runs have alike. */
function outcome(name: string) {
  const dir = join(folder, name);
  const { trials, epochs }: SweepSoFar = readSweep(dir);
  return {
    trials: trials.map(({ machine: _, dir: __, ...trial }) => trial),
    epochs: epochs.map(({ seconds: _, ...row }) => row),
    steps: readSweepSteps(dir),
    weights: trials.map(({ dir }) =>
      createHash("sha256")
        .update(readFileSync(join(dir, "model.safetensors")))
        .digest("hex"),
    ),
  };
}

/** Waits until it is so. */
async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(50);
}

describe.runIf(redisProgram)("a sweep over Redis", () => {
  let redis: RedisServer;
  let quiet: ReturnType<typeof outcome>;
  const workers: Started[] = [];
  const work = (port: number, ...more: string[]) => {
    const worker = start(folder, [
      "sweep",
      "worker",
      "--redis",
      `redis://127.0.0.1:${port}`,
      "--workers",
      "1",
      ...more,
    ]);
    workers.push(worker);
    return worker;
  };

  beforeAll(async () => {
    redis = new RedisServer(await freePort());
    await redis.start();
    expect((await vitlab(folder, ["sweep", "plan.json", "--out", "quiet"])).code).toBe(0);
    quiet = outcome("quiet");
  }, 120_000);
  afterAll(async () => {
    for (const worker of workers.splice(0)) worker.kill("SIGKILL");
    await redis.end();
  });

  it("comes to the same when workers and Redis are killed, and one is cut off", async () => {
    const random = new Random(Number(process.env.VITLAB_CHAOS_SEED ?? Date.now() % 1e6));
    const wire = new Wire(await freePort(), redis.port);
    await wire.open();
    const patience = ["--patience", "3"];
    const [first, second] = [work(redis.port, ...patience), work(redis.port, ...patience)];
    work(redis.port, ...patience);
    work(wire.port, ...patience);
    const sweep = start(folder, [
      "sweep",
      "plan.json",
      "--out",
      "chaos",
      "--redis",
      `redis://127.0.0.1:${redis.port}`,
      "--json",
    ]);
    await sweep.prints('"type":"epoch"');
    const moment = () => setTimeout(random.uniform(0, 2500));
    const cut = moment().then(() => wire.cut(8000));
    await moment();
    first.kill("SIGKILL");
    await moment();
    await redis.kill();
    await moment();
    await redis.start();
    await moment();
    second.kill("SIGKILL");
    const isOver = await Promise.race([sweep.outcome, Promise.resolve(null)]);
    expect(isOver, "the sweep was over before all was killed").toBe(null);
    await cut;
    const { code, stderr } = await sweep.outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    wire.close();
    const result = outcome("chaos");
    expect(result.trials.map(({ state }) => state)).toEqual(Array(24).fill("done"));
    expect(result).toEqual(quiet);
  }, 240_000);

  it("goes on after the one who sweeps was killed, while the workers went on", async () => {
    work(redis.port);
    const command = ["sweep", "plan.json", "--out", "alone", "--redis", `redis://127.0.0.1:${redis.port}`, "--json"];
    const sweep = start(folder, command);
    await sweep.prints('"epoch":2');
    sweep.kill("SIGKILL");
    await sweep.outcome;
    await setTimeout(3000);
    const { code } = await vitlab(folder, [...command, "--resume"]);
    expect(code).toBe(0);
    expect(outcome("alone")).toEqual(quiet);
  }, 120_000);

  it("stops with Ctrl-C, and goes on without Redis", async () => {
    work(redis.port);
    const sweep = start(folder, [
      "sweep",
      "plan.json",
      "--out",
      "here",
      "--redis",
      `redis://127.0.0.1:${redis.port}`,
      "--json",
    ]);
    await sweep.prints('"epoch":2');
    sweep.kill("SIGINT");
    const { code, stderr } = await sweep.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("--resume --redis ...");
    expect(readSweep(join(folder, "here")).trials.some(({ state }) => state === "running")).toBe(false);
    expect((await vitlab(folder, ["sweep", "plan.json", "--out", "here", "--resume"])).code).toBe(0);
    expect(outcome("here")).toEqual(quiet);
  }, 120_000);

  it("finds the same best by successive halving", async () => {
    work(redis.port);
    const { seeds: _, ...rest } = PLAN;
    const plan = {
      ...rest,
      search: "asha",
      trials: 6,
      reduction: 2,
      seed: 5,
      settings: { ...PLAN.settings, epochs: 4 },
    };
    writeFileSync(join(folder, "asha.json"), JSON.stringify(plan));
    const { code } = await vitlab(folder, ["sweep", "asha.json", "--redis", `redis://127.0.0.1:${redis.port}`]);
    expect(code).toBe(0);
    const { trials, best } = readSweep(join(folder, "runs/asha"));
    expect(best?.epochs).toBe(4);
    expect(trials.reduce((sum, { epochs }) => sum + epochs, 0)).toBeLessThan(24);
  }, 120_000);

  it("is refused in a sentence where Redis isn't there, or isn't Redis' address", async () => {
    const port = await freePort();
    const at = (url: string) => vitlab(folder, ["sweep", "plan.json", "--out", "none", "--redis", url]);
    expectRefusal(
      await at(`redis://127.0.0.1:${port}`),
      `Redis at redis://127.0.0.1:${port} can't be reached (ECONNREFUSED)`,
    );
    expectRefusal(await at("127.0.0.1:6379"), "the address of Redis isn't one");
    expectRefusal(
      await vitlab(folder, ["sweep", "worker", "--redis", `redis://127.0.0.1:${port}`]),
      "can't be reached",
    );
  });

  it("a worker that doesn't see the sweep's folder says so and ends, and another has its trial", async () => {
    const url = `redis://127.0.0.1:${redis.port}`;
    for (const worker of workers.splice(0)) worker.kill("SIGKILL");
    const blind = start(folder, ["sweep", "worker", "--redis", url, "--runs", "elsewhere", "--patience", "2"]);
    const sweep = start(folder, ["sweep", "plan.json", "--out", "seen", "--redis", url, "--json"]);
    const { code, stderr } = await blind.outcome;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*elsewhere.* isn't the folder of the sweep .* by --runs/m);
    work(redis.port, "--patience", "2");
    expect((await sweep.outcome).code).toBe(0);
    expect(outcome("seen")).toEqual(quiet);
  }, 120_000);

  it("leaves the trials of a sweep that is gone with its folder, and trains those of another", async () => {
    for (const worker of workers.splice(0)) worker.kill("SIGKILL");
    const own = new RedisServer(await freePort());
    await own.start();
    const url = `redis://127.0.0.1:${own.port}`;
    const gone = start(folder, ["sweep", "plan.json", "--out", "gone", "--redis", url]);
    await waitFor(() => own.keys("bull:*-6").length > 0);
    gone.kill("SIGKILL");
    await gone.outcome;
    rmSync(join(folder, "gone"), { recursive: true });
    // As a minute later.
    own.remove(own.keys("*:giver"));
    const worker = start(folder, ["sweep", "worker", "--redis", url, "--workers", "1"]);
    expect((await vitlab(folder, ["sweep", "plan.json", "--out", "there", "--redis", url])).code).toBe(0);
    expect(outcome("there")).toEqual(quiet);
    worker.kill("SIGINT");
    const { stdout, code } = await worker.outcome;
    expect(code).toBe(130);
    expect(stdout).toContain("gone: neither its folder nor its sweep is there any more");
    await own.end();
  }, 120_000);

  it("comes to the same when Redis forgets everything", async () => {
    const own = new RedisServer(await freePort());
    await own.start();
    const url = `redis://127.0.0.1:${own.port}`;
    const worker = start(folder, ["sweep", "worker", "--redis", url, "--workers", "1", "--patience", "3"]);
    const sweep = start(folder, ["sweep", "plan.json", "--out", "forgotten", "--redis", url, "--json"]);
    for (const epoch of [2, 4]) {
      await sweep.prints(`"epoch":${epoch}`);
      own.ask("flushall");
    }
    expect((await sweep.outcome).code).toBe(0);
    expect(outcome("forgotten")).toEqual(quiet);
    worker.kill("SIGINT");
    await worker.outcome;
    await own.end();
  }, 120_000);

  it("stops with one Ctrl-C while Redis is away, and goes on with an empty one", async () => {
    const own = new RedisServer(await freePort(), ["--appendonly", "no"]);
    await own.start();
    const url = `redis://127.0.0.1:${own.port}`;
    const worker = start(folder, ["sweep", "worker", "--redis", url, "--workers", "1"]);
    const command = ["sweep", "plan.json", "--out", "away", "--redis", url, "--json"];
    const sweep = start(folder, command);
    await sweep.prints('"epoch":2');
    await own.kill();
    for (const one of [worker, sweep]) one.kill("SIGINT");
    expect((await Promise.all([worker.outcome, sweep.outcome])).map(({ code }) => code)).toEqual([130, 130]);
    await own.start();
    work(own.port);
    expect((await vitlab(folder, [...command, "--resume"])).code).toBe(0);
    expect(outcome("away")).toEqual(quiet);
    await own.end();
  }, 120_000);

  it("is refused in a sentence where Redis has no such database", async () => {
    const url = `redis://127.0.0.1:${redis.port}/99`;
    expectRefusal(
      await vitlab(folder, ["sweep", "plan.json", "--out", "none", "--redis", url]),
      `Redis at ${url} has no database of that number: give one that it has, such as 0`,
    );
  });
});

describe.runIf(redisProgram)("a Redis with TLS and a password", () => {
  const secret = "only-for-those-who-may";
  let redis: RedisServer;
  const certificate = join(folder, "certificate.pem");
  const env = { NODE_EXTRA_CA_CERTS: certificate };

  beforeAll(async () => {
    const key = join(folder, "key.pem");
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2"],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
      ],
      { stdio: "ignore" },
    );
    const port = await freePort();
    const tls = ["--tls-port", String(port), "--tls-cert-file", certificate, "--tls-key-file", key];
    redis = new RedisServer(port, [...tls, "--tls-auth-clients", "no", "--requirepass", secret]);
    await redis.start();
  });
  afterAll(() => redis.end());

  it("is used, and nobody is told the password", async () => {
    const plan = { ...PLAN, seeds: [0], settings: { ...PLAN.settings, epochs: 1 } };
    writeFileSync(join(folder, "short.json"), JSON.stringify(plan));
    const url = `rediss://:${secret}@localhost:${redis.port}`;
    const worker = start(folder, ["sweep", "worker", "--workers", "1"], { ...env, VITLAB_REDIS: url });
    const sweep = await vitlab(folder, ["sweep", "short.json"], { ...env, VITLAB_REDIS: url });
    expect(sweep.code).toBe(0);
    worker.kill("SIGINT");
    const said = [sweep, await worker.outcome].map(({ stdout, stderr }) => stdout + stderr).join();
    const found = spawnSync("grep", ["-rl", secret, join(folder, "runs/short")], { encoding: "utf8" }).stdout;
    expect([said.includes(secret), found]).toEqual([false, ""]);
  }, 60_000);

  it.each([
    ["a wrong password", `:wrong@`, "refuses the password"],
    ["no password", "", "wants a password"],
  ])("refuses %s in a sentence", async (_, who, message) => {
    const url = `rediss://${who}localhost:${redis.port}`;
    const refused = await vitlab(folder, ["sweep", "plan.json", "--out", "refused", "--redis", url], env);
    expectRefusal(refused, `Redis at rediss://localhost:${redis.port} ${message}`);
    expect(refused.stderr).not.toContain("wrong@");
  });
});
