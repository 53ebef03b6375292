import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, jsonLines, type Outcome, start, vitlab, workFolder } from "../vitlab";

const folder = workFolder();
const write = (name: string, plan: unknown) => {
  writeFileSync(join(folder, name), typeof plan === "string" ? plan : JSON.stringify(plan));
  return name;
};
const read = (name: string) => readFileSync(join(folder, name), "utf8");

const TINY = {
  ...{ preset: "article", dim: 16, mlpDim: 16, depth: 1, heads: 2 },
  ...{ trainCount: 60, validation: 40, batchSize: 20, epochs: 2 },
};
const PLAN = {
  data: "shapes",
  settings: { ...TINY, learningRate: { values: [0.001, 0.01] }, clipNorm: 1 },
  seeds: [0, 1],
};

describe("vitlab sweep", () => {
  let done: Outcome;
  beforeAll(async () => {
    write("plan.json", PLAN);
    done = await vitlab(folder, ["sweep", "plan.json"]);
  }, 60_000);

  it("trains by a plan, a line for each trial, and prints what it came to", () => {
    const { code, stdout, stderr } = done;
    expect(code).toBe(0);
    const trials = stderr.trim().split("\n").sort();
    expect(trials).toHaveLength(4);
    expect(trials[2]).toMatch(
      /^trial 3 \(learningRate 0\.01, seed 0\) done after 2 epochs, validation loss 2\.\d{4}, \d+\.\d %$/,
    );
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^4 of 4 trials done; best: point [12], seed [01], validation loss 2\.\d{4}$/);
    expect(lines[1]!.split(/ {2,}/)).toEqual([
      "point",
      "learningRate",
      "epochs",
      "validation loss",
      "accuracy",
      "state",
    ]);
    expect(lines.slice(2).map((line) => line.trim().split(/ {2,}/).at(-1))).toEqual(["2 done", "2 done"]);
  });

  it("shows the same table later", async () => {
    const { code, stdout } = await vitlab(folder, ["sweep", "table", "runs/plan"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: done.stdout });
  });

  it("tells a program each event", async () => {
    const { stdout, code } = await vitlab(folder, ["sweep", "plan.json", "--out", "json", "--workers", "1", "--json"]);
    expect(code).toBe(0);
    const events = jsonLines(stdout);
    expect(events.map(({ type }) => type)).toEqual([
      ...Array(4).fill(["trial", "epoch", "epoch", "trial"]).flat(),
      "end",
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "finished", best: { state: "done", epochs: 2 } });
  });

  it.each([
    ["trials", 4, ["trial", "point", "seed", "state", ...Object.keys(TINY), "learningRate", "clipNorm", "epochsDone"]],
    ["epochs", 8, ["trial", "epoch", "trainLoss", "validationLoss", "validationAccuracy", "learningRate", "steps"]],
    ["steps", 24, ["trial", "step", "loss", "learningRate", "gradientNorm"]],
  ] as const)("exports %s as CSV and JSON Lines", async (of, count, columns) => {
    for (const file of [`${of}.csv`, `${of}.jsonl`])
      expect(await vitlab(folder, ["sweep", "export", "runs/plan", file, "--of", of])).toMatchObject({
        code: 0,
        stdout: `${count} ${of} in ${file}\n`,
      });
    const rows = jsonLines(read(`${of}.jsonl`));
    expect(rows).toHaveLength(count);
    expect(Object.keys(rows[0]!).slice(0, columns.length)).toEqual(columns);
    const [head, ...lines] = read(`${of}.csv`).trim().split("\n");
    expect(head!.split(",")).toEqual(Object.keys(rows[0]!));
    expect(lines.map((line) => Number(line.split(",")[0]))).toEqual(rows.map(({ trial }) => trial));
  });

  it("stops with Ctrl-C, says how to go on, and goes on", async () => {
    const long = write("long.json", { ...PLAN, settings: { ...PLAN.settings, epochs: 300 }, seeds: [0] });
    const command = ["sweep", long, "--workers", "1"];
    const started = start(folder, [...command, "--json"]);
    await started.prints('"epoch":2');
    started.kill("SIGINT");
    const { code, stderr } = await started.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("stopping after the steps under way");
    expect(stderr).toContain("go on: vitlab sweep long.json --out runs/long --resume");
    expectRefusal(await vitlab(folder, command), "has a sweep: go on with it by resume");
    const on = start(folder, [...command, "--json", "--resume"]);
    await on.prints('"type":"epoch"');
    on.kill("SIGTERM");
    const first = jsonLines((await on.outcome).stdout).find(({ type }) => type === "epoch");
    expect((first as { row: { epoch: number } }).row.epoch).toBeGreaterThan(2);
  }, 60_000);

  it.each([
    ["no plan", ["sweep", "none.json"], "there is no plan none.json"],
    ["no JSON", ["sweep", write("broken.json", "{ data: shapes }")], "the plan broken.json is no JSON"],
    ["a list", ["sweep", write("list.json", [])], "the plan"],
    ["no settings", ["sweep", write("less.json", { data: "shapes" })], "the plan's settings are undefined"],
    ["no sweep", ["sweep", "table", "runs"], "runs has no sweep"],
    ["no such folder", ["sweep", "export", "nowhere", "a.csv"], "nowhere has no sweep"],
  ])("refuses %s in a sentence", async (_, args, message) => {
    expectRefusal(await vitlab(folder, args), message);
  });

  it("trains the others where one fails, says why, and ends with 1", async () => {
    // With a mark in front, as some editors write it.
    const plan = write(
      "diverges.json",
      `\uFEFF${JSON.stringify({ ...PLAN, settings: { ...TINY, learningRate: { values: [1e30, 0.01] } }, seeds: [0] })}`,
    );
    const { code, stdout, stderr } = await vitlab(folder, ["sweep", plan]);
    expect(code).toBe(1);
    expect(stdout).toContain("1 of 2 trials done, 1 failed; best: point 2");
    expect(stderr.trim().split("\n").at(-1)).toMatch(
      /^error: 1 of 2 trials failed, trial 1: the loss became NaN at epoch 1, step 2, with learning rate 1e\+30/,
    );
  });

  it("refuses a file of a kind that it doesn't write", async () => {
    expectRefusal(
      await vitlab(folder, ["sweep", "export", "runs/plan", "a.xlsx"]),
      "neither of the endings .csv and .jsonl",
    );
  });
});
