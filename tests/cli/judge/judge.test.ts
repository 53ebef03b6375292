import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectRefusal, type Outcome, vitlab, workFolder } from "../vitlab";

const work = workFolder();
const judge = (...args: string[]): Promise<Outcome> => vitlab(work, ["judge", "vit-needle", ...args]);
const ofNeedle = ["--data", "needle", "--engine", "wasm"];
const few = [...ofNeedle, "--count", "2", "--sanity", "0", "--methods", "attention,relevance"];

/** A judgement that several tests look at. */
const asJson = judge(...few, "--json");

describe("vitlab judge", () => {
  it("is a table of methods beside baselines, on what the model was trained on", async () => {
    const { code, stdout } = await judge(...ofNeedle, "--count", "4", "--sanity", "2", "--methods", "relevance");
    expect(code).toBe(0);
    expect(stdout).toContain("4 images; deletion: lower is better, insertion: higher; pointing by chance 0.031");
    expect(stdout).toMatch(
      /method +deletion +insertion +points at it +finds +random weights\nrandom +.*\nedges +.*\nrelevance +\d/,
    );
  });

  it("has a help whose examples work", async () => {
    const { stdout } = await vitlab(work, ["judge", "--help"]);
    const examples = [...stdout.matchAll(/^ {2}vitlab (.+)$/gm)].map(([, words]) => words as string);
    expect(examples).toHaveLength(2);
    // With fewer images, and without a download.
    const own = examples.find((words) => words.includes("--data needle")) as string;
    const { code } = await vitlab(work, [...own.replace("--count 1000", "--count 2").split(" "), "--sanity", "0"]);
    expect(code).toBe(0);
  });

  it("is one JSON object with --json, as the help says", async () => {
    const { code, stdout } = await asJson;
    expect(code).toBe(0);
    const { stdout: help } = await vitlab(work, ["judge", "--help"]);
    const found = JSON.parse(stdout);
    for (const name of Object.keys(found)) expect(help).toContain(`"${name}":`);
    for (const name of Object.keys(found.methods[0])) expect(help).toContain(`"${name}":`);
    expect(found).toMatchObject({ model: "vit-needle", data: "needle", split: "test", count: 2, against: null });
    expect(found.methods.map(({ method }: { method: string }) => method)).toEqual([
      "random",
      "edges",
      "attention",
      "relevance",
    ]);
    expect(found.methods[3].randomized).toBeNull();
    expect(found.methods[3].points.mean).toBeGreaterThan(0.3);
    expect(found.agreement).toHaveLength(4);
  });

  it("judges with another seed against another random map, and the same methods alike", async () => {
    const found = JSON.parse((await asJson).stdout);
    const other = JSON.parse((await judge(...few, "--seed", "2", "--json")).stdout);
    expect(other.methods[0].deletion).not.toEqual(found.methods[0].deletion);
    expect(other.methods[3].deletion).toEqual(found.methods[3].deletion);
  });

  it.each([
    ["figures/judged.svg", /^<svg .*How far explanations can be trusted: 2 images/s],
    ["judged.csv", /^method,measure,mean,low,high,images\nrandom,deletion,[\d.]+,/],
    ["judged.json", /^\{"methods":\[\{"method":"random"/],
  ])("writes %s by its ending", async (out, start) => {
    const { code, stdout } = await judge(...few, "--out", out);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\nwrote ${out}\n$`));
    expect(readFileSync(join(work, out), "utf8")).toMatch(start);
  });

  it.each<[string, string[]]>([
    ['there is no method "lime": the methods are attention, attention x value norms,', ["--methods", "lime"]],
    ['there is no method "random": the methods are', ["--methods", "random"]],
    ["argument '1' is invalid. It must be a whole number, 2 or more.", ["--count", "1"]],
    ["argument '-1' is invalid. It must be a whole number, 0 or more.", ["--sanity", "-1"]],
    ["It must be cifar10, shapes, shapes-v1, needle, or a folder", ["--data", "cifar11"]],
    ["--out judged.jpg must end with .png, .svg, .json or .csv", ["--out", "judged.jpg"]],
  ])("says in one line: %s", async (message, args) => {
    expectRefusal(await judge(...ofNeedle, "--count", "4", "--sanity", "0", ...args, "--json"), message);
  });
});
