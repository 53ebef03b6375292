import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writePng } from "../../src/data/image-file";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import { noise } from "../hub/noise";
import { vitlab, workFolder } from "./vitlab";

const work = workFolder();
const goldens = join(__dirname, "..", "goldens");
const kinds = join(goldens, "hf_kinds");
const picture = join(goldens, "processor", "gradient_32x32.png");
const json = (...path: string[]) => JSON.parse(readFileSync(join(work, ...path), "utf8"));
const run = (...args: string[]) => vitlab(work, args);

/** A copy of a model of transformers' with other fields in its config.json. */
function copy(from: string, name: string, fields: object = {}): void {
  cpSync(join(kinds, from), join(work, name), { recursive: true });
  writeFileSync(join(work, name, "config.json"), JSON.stringify({ ...json(name, "config.json"), ...fields }));
}

const { answers } = JSON.parse(readFileSync(join(kinds, "answers.json"), "utf8")) as {
  answers: { folder: string; config: { problem_type: string | null }; scores: number[] }[];
};
const scoresOf = (folder: string, type: string | null) =>
  answers.find((answer) => answer.folder === folder && answer.config.problem_type === type)?.scores ?? [];

beforeAll(async () => {
  copy("three", "multi", { problem_type: "multi_label_classification" });
  copy("three", "values", { problem_type: "regression" });
  copy("one", "one");
  copy("three", "headless");
  const file = join(work, "headless", "model.safetensors");
  const { "classifier.weight": _, "classifier.bias": __, ...encoder } = await loadSafetensors(file);
  await saveSafetensors(file, encoder);
  for (const [i, name] of ["ant", "bee", "cow"].entries()) {
    mkdirSync(join(work, "pictures", name), { recursive: true });
    for (let j = 0; j < 8; j++)
      await writePng(join(work, "pictures", name, `${j}.png`), noise({ seed: 10 * i + j, from: [14, 12, 3] }));
  }
});

describe("vitlab predict", () => {
  it("answers for each class by itself where an image may be of several", async () => {
    const { code, stdout, stderr } = await run("predict", "multi", picture, "--json");
    expect(code).toBe(0);
    expect(stderr).toContain("each class by itself: the probabilities don't add up to 1");
    const [prediction] = JSON.parse(stdout).predictions;
    expect(prediction.className).toBe("ant");
    expect(prediction.probability).toBeCloseTo(scoresOf("three", "multi_label_classification")[0] as number, 5);
  });

  it("answers one class with its sigmoid", async () => {
    const { stdout } = await run("predict", "one", picture);
    const [score] = scoresOf("one", null) as [number];
    expect(stdout).toContain(`${picture}: ant ${(100 * score).toFixed(1)} %`);
  });

  it("calls the values of a regression no probabilities", async () => {
    const wanted = scoresOf("three", "regression");
    const { stdout } = await run("predict", "values", picture, "--json");
    const [prediction] = JSON.parse(stdout).predictions;
    expect(Object.keys(prediction)).toEqual(["file", "classNames", "values"]);
    expect(prediction.classNames).toEqual(["ant", "bee", "cow"]);
    prediction.values.forEach((value: number, i: number) => {
      expect(value).toBeCloseTo(wanted[i] as number, 5);
    });
    const text = await run("predict", "values", picture);
    const shown = wanted.map((value, i) => `${["ant", "bee", "cow"][i]} ${value.toFixed(4)}`);
    expect(text.stdout).toContain(`${picture}: ${shown.join(", ")}\n`);
    expect(text.stdout).not.toContain("%");
  });
});

describe("a folder without a trained head", () => {
  it.each([
    ["predict", "headless", picture],
    ["evaluate", "headless", "--data", "folder:pictures"],
    ["export", "headless", "exported"],
    ["export", "headless", "exported", "--format", "vitlab"],
  ])("is refused by vitlab %s", async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: headless: its weights have no classifier\.weight, so it has no trained head; [^\n]*, so fine-tune it first: npx vitlab finetune headless --data folder:PICTURES\n$/m,
    );
    expect(stdout).not.toMatch(/%|accuracy|wrote|drawn/);
    expect(existsSync(join(work, "exported"))).toBe(false);
  });

  it("is traced without logits, which is said", async () => {
    const { pixel_values } = await loadSafetensors(join(kinds, "deit", "want.safetensors"));
    await saveSafetensors(join(work, "pixels.safetensors"), { pixel_values: pixel_values as never });
    const { code, stdout } = await run("trace", "headless", "pixels.safetensors", "traced.safetensors");
    expect(code).toBe(0);
    expect(stdout).toContain("headless has no trained head: logits, which would be random, are left out");
    const names = Object.keys(await loadSafetensors(join(work, "traced.safetensors")));
    expect(names).not.toContain("logits");
    expect(names).toEqual(expect.arrayContaining(["last_hidden_state", "hidden_states.2", "attentions.1"]));
  });

  it("is fine-tuned", async () => {
    const line = ["finetune", "headless", "--data", "folder:pictures", "--probe", "--epochs", "2", "--out", "tuned"];
    const { code, stdout } = await run(...line);
    expect(code).toBe(0);
    expect(stdout).toContain("a new head of 3 classes (ant, bee, cow) takes the place of the missing one");
    expect((await run("predict", "tuned", picture)).code).toBe(0);
  });
});

describe("a model that doesn't choose one class of several", () => {
  it.each(["multi", "values", "one"])("%s: is refused by vitlab evaluate", async (name) => {
    const { code, stderr } = await run("evaluate", name, "--data", "folder:pictures");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: [^\n]+\n$/m);
    if (name !== "one") expect(stderr).toContain("give it a new head for these classes");
  });

  it.each(["multi", "values"])(
    "%s: gets a new head from vitlab finetune, and its problem_type is forgotten",
    async (name) => {
      const tuned = `${name}-tuned`;
      const { code, stdout } = await run("finetune", name, "--data", "folder:pictures", "--probe", "--epochs", "2");
      expect(code).toBe(0);
      const type = name === "multi" ? "multi_label_classification" : "regression";
      expect(stdout).toContain(
        `a new head of 3 classes (ant, bee, cow) replaces that of 3 (ant, bee, cow), which does not choose one of them (${type})`,
      );
      const { about, model } = json(`${name}-finetuned`, "config.json");
      expect(about.huggingFace.config).not.toHaveProperty("problem_type");
      expect(model.problemType).toBe("single_label_classification");
      expect((await run("export", `${name}-finetuned`, tuned)).code).toBe(0);
      expect(json(tuned, "config.json")).not.toHaveProperty("problem_type");
      const [prediction] = JSON.parse((await run("predict", tuned, picture, "--json")).stdout).predictions;
      expect(prediction.probability).toBeLessThanOrEqual(1);
    },
  );

  it("keeps what it is for through vitlab's own format and back", async () => {
    expect((await run("export", "values", "own", "--format", "vitlab")).code).toBe(0);
    expect((await run("export", "own", "back")).code).toBe(0);
    expect(json("back", "config.json").problem_type).toBe("regression");
    const answer = async (name: string) =>
      JSON.parse((await run("predict", name, picture, "--json")).stdout).predictions;
    expect(await answer("own")).toEqual(await answer("values"));
    expect(await answer("back")).toEqual(await answer("values"));
  });
});
