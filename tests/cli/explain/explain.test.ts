import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { METHODS } from "../../../src/cli/explain/methods";
import { imageAt, needle, writePng } from "../../../src/index";
import { expectRefusal, type Outcome, vitlab, workFolder } from "../vitlab";

const work = workFolder();
const explain = (...args: string[]): Promise<Outcome> => vitlab(work, ["explain", "vit-needle", ...args]);
const ofNeedle = ["--data", "needle", "--engine", "wasm"];

beforeAll(async () => {
  await writePng(join(work, "photo.png"), imageAt(needle({ split: "test", count: 2 }), 1));
});

describe("vitlab explain", () => {
  it("says what the model answers, and where the largest number is", async () => {
    const { code, stdout } = await explain(...ofNeedle, "--index", "1", "--method", "attention");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^vitlab: engine wasm .*\nneedle test 1: (same|different)\nattention weights of the class token, block 2, mean of 4 heads \[1, 8, 8\] \(image, row, column\), share of attention\npatch \d+ \(row \d, column \d\) gets 0\.\d+ of the class token's attention in block 2; uniform would be 0\.0154\n$/,
    );
  });

  it("says the same of a picture's file as of the image of the data set, and draws it", async () => {
    const json = async (...args: string[]) => JSON.parse((await explain(...args, "--json")).stdout);
    const ofData = await json(...ofNeedle, "--index", "1");
    const ofFile = await json("photo.png", "--engine", "wasm", "--out", "figures/relevance.png");
    expect(ofFile).toEqual({ ...ofData, image: "photo.png" });
    expect(Object.keys(ofData)).toEqual([
      "model",
      "image",
      "class",
      "className",
      "method",
      "unit",
      "axes",
      "shape",
      "data",
      "notes",
      "uniform",
    ]);
    expect(ofData).toMatchObject({
      model: "vit-needle",
      image: "needle test 1",
      class: 1,
      className: "different",
      method: "gradient-weighted relevance",
      axes: [{ name: "image" }, { name: "row" }, { name: "column" }],
      shape: [1, 8, 8],
    });
    expect(ofData.data).toHaveLength(64);
    expect(
      readFileSync(join(work, "figures", "relevance.png"))
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  it("explains another class when asked", async () => {
    const { code, stdout } = await explain(
      ...ofNeedle,
      "--index",
      "1",
      "--method",
      "occlusion",
      "--class",
      "0",
      "--json",
    );
    expect(code).toBe(0);
    const { class: of, className, data } = JSON.parse(stdout);
    expect([of, className]).toEqual([0, "same"]);
    // What speaks for "different" speaks against "same".
    expect(Math.min(...data)).toBeLessThan(-0.5);
  });

  it.each([
    ["lens.svg", "logit-lens", /^<svg /],
    ["lens.json", "logit-lens", /^\{"method":"logit lens","unit":"logit","axes":\[/],
    ["distance.csv", "distance", /^image,block,head,value\n0,0,0,[\d.]+\n/],
  ])("writes %s by its ending", async (out, method, start) => {
    const { code, stdout } = await explain(...ofNeedle, "--method", method, "--out", out);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\nwrote ${out}\n$`));
    expect(readFileSync(join(work, out), "utf8")).toMatch(start);
  });

  it.each(Object.entries(METHODS))(
    "explains by %s, with what it takes",
    async (method, questions: readonly string[]) => {
      const values: Record<string, string> = { block: "1", head: "0", query: "3", class: "0" };
      const asked = questions.flatMap((name) => [`--${name}`, values[name] as string]);
      const { code, stderr, stdout } = await explain("photo.png", "--engine", "wasm", "--method", method, ...asked);
      expect(stderr).not.toContain("error");
      expect(code).toBe(0);
      expect(stdout.split("\n").length).toBeGreaterThan(2);
    },
  );

  it("has a help that names what each method takes, and examples that work", async () => {
    const { stdout } = await vitlab(work, ["explain", "--help"]);
    for (const [method, questions] of Object.entries(METHODS))
      expect(stdout).toMatch(new RegExp(`^  ${method} *${questions.map((name) => `--${name}`).join(" ")}$`, "m"));
    const examples = [...stdout.matchAll(/^ {2}vitlab (.+)$/gm)].map(([, words]) => (words as string).split(" "));
    expect(examples).toHaveLength(2);
    for (const words of examples) {
      const { code, stderr } = await vitlab(
        work,
        words.map((word) => (word === "photo.jpg" ? "photo.png" : word)),
      );
      expect(stderr).not.toContain("error");
      expect(code).toBe(0);
    }
    expect(existsSync(join(work, "relevance.png"))).toBe(true);
  });

  it.each<[string, string[]]>([
    ["neither a picture nor --data is given: name a picture's file, or --data and --index", []],
    ["both a picture and --data are given: name a picture's file, or --data and --index", ["photo.png", ...ofNeedle]],
    [
      "argument 'lime' is invalid. Allowed choices are attention, weighted-attention,",
      [...ofNeedle, "--method", "lime"],
    ],
    ["--method distance doesn't take --head: leave it out", [...ofNeedle, "--method", "distance", "--head", "1"]],
    ["--method relevance doesn't take --block: it takes --query, --class", [...ofNeedle, "--block", "1"]],
    ["there is no block 3: the model has blocks 0 to 2", [...ofNeedle, "--method", "attention", "--block", "3"]],
    [
      "there is no state after block 3: the model has blocks 0 to 2",
      [...ofNeedle, "--method", "components", "--block", "3"],
    ],
    ["there is no head 4: the model has heads 0 to 3", [...ofNeedle, "--method", "attention", "--head", "4"]],
    ["there is no query 64: give a patch, 0 to 63", [...ofNeedle, "--query", "64"]],
    ["there is no class 2: the model has classes 0 to 1", [...ofNeedle, "--class", "2"]],
    ["there is no image 2000 in needle test", [...ofNeedle, "--index", "2000"]],
    ["argument '-1' is invalid. It must be a whole number, 0 or more.", [...ofNeedle, "--index", "-1"]],
    ["there is no file none.png", ["none.png"]],
    ["--out o.jpg must end with .png, .svg, .json or .csv", [...ofNeedle, "--out", "o.jpg"]],
    ["--out photo.png is the picture itself: choose another name", ["photo.png", "--out", "photo.png"]],
  ])("says in one line: %s", async (message, args) => {
    expectRefusal(await explain(...args, "--json"), message);
  });
});
