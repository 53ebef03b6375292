import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { start, vitlab, workFolder } from "./vitlab";

const folder = workFolder();
const FILES = ["config.json", "model.safetensors", "training.safetensors"];
const train = (out: string, ...more: string[]) => [
  ...[
    "train",
    "--config",
    "micro.json",
    "--data",
    "shapes",
    "--train-count",
    "640",
    "--validation",
    "100",
    "--engine",
    "cpu",
  ],
  ...["--out", out, ...more],
];
// Several commands each start an engine.
vi.setConfig({ testTimeout: 240_000 });
const endless = ["--epochs", "5000"];

it("a folder whose training runs is refused to every other writer, and its files stay those of that run", async () => {
  const first = start(folder, train("a", ...endless, "--json"));
  await first.says("guessing would get");
  const lock = JSON.parse(readFileSync(join(folder, "a", "run.lock"), "utf8"));
  const config = readFileSync(join(folder, "a", "config.json"));
  const refused = new RegExp(
    `^error: a is in use by process ${lock.pid} on host ${hostname()} since [-\\d]+ [:\\d]+ UTC: wait for it, stop it, or give another folder \\(--out\\)\n$`,
  );
  for (const args of [
    train("a", ...endless),
    train("a", ...endless, "--overwrite", "--seed", "5"),
    ["models", "train", "vit-shapes", "--out", "a", "--overwrite"],
    ["export", "a", "a", "--overwrite"],
    ["export", "a", "a/article.safetensors", "--format", "torch-simple-vit"],
  ]) {
    const { code, stderr } = await vitlab(folder, args);
    expect(code, args.join(" ")).toBe(1);
    expect(stderr, args.join(" ")).toMatch(refused);
  }
  expect(readFileSync(join(folder, "a", "config.json"))).toEqual(config);
  first.kill("SIGINT");
  expect((await first.outcome).code).toBe(130);
  expect(readdirSync(join(folder, "a")).sort()).toEqual(FILES);
});

it("the folder of a killed training is resumed at once", async () => {
  const first = start(folder, train("b", "--epochs", "500", "--json"));
  await first.says("guessing would get");
  while (!existsSync(join(folder, "b", "training.safetensors")))
    await new Promise((resolve) => setTimeout(resolve, 20));
  first.kill("SIGKILL");
  await first.outcome;
  expect(existsSync(join(folder, "b", "run.lock"))).toBe(true);
  const second = start(folder, train("b", "--epochs", "500", "--resume", "--json"));
  await second.says("guessing would get");
  second.kill("SIGINT");
  const { code, stderr } = await second.outcome;
  expect(stderr).toContain("going on with the run in b");
  expect(code).toBe(130);
  expect(readdirSync(join(folder, "b")).sort()).toEqual(FILES);
});

it("a training that fails before it begins leaves no folder and no lock", async () => {
  const { code } = await vitlab(folder, [...train("c"), "--train-count", "10000000"]);
  expect(code).toBe(1);
  expect(existsSync(join(folder, "c"))).toBe(false);
});

it("a lock of another host is taken over with --overwrite only, and the sentence says so", async () => {
  mkdirSync(join(folder, "d"));
  const lock = {
    host: "elsewhere",
    pid: 1,
    namespace: null,
    started: "x",
    since: "2026-01-02T03:04:05.678Z",
    token: "a".repeat(16),
  };
  writeFileSync(join(folder, "d", "run.lock"), JSON.stringify(lock));
  const refused = await vitlab(folder, train("d", "--epochs", "1", "--resume"));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^error: d is in use by process 1 on host elsewhere since .+ remove d\/run\.lock, or replace the run \(.+--overwrite.+\)\n$/,
  );
  const replaced = await vitlab(folder, train("d", "--epochs", "1", "--overwrite"));
  expect(replaced.code, replaced.stderr).toBe(0);
  expect(readdirSync(join(folder, "d")).sort()).toEqual(FILES);
});
