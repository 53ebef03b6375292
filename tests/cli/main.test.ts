import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { program, vitlab, workFolder } from "./vitlab";

const folder = workFolder();
const { version } = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"));

describe("vitlab", () => {
  it("prints its version", async () => {
    expect(await vitlab(folder, ["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it.each([
    [
      [],
      ["doctor", "data", "train", "evaluate", "predict", "attention", "explain", "explore", "judge", "trace", "export"],
    ],
    [["doctor"], ["--json"]],
    [["data"], ["cifar10", "shapes", "shapes-v1", "needle"]],
    [
      ["data", "shapes"],
      ["--out", "--count"],
    ],
    [
      ["train"],
      [
        "shapes-v1 are the shapes as they were at first",
        "--preset",
        "article-as-printed",
        "--resume",
        "testAccuracy",
        "shares from 0 to 1",
      ],
    ],
    [["evaluate"], ["--split", "testAccuracy"]],
    [["predict"], ["--json", "probabilities"]],
    [["attention"], ["--out", "--block", "--head", "--query", "--json", "classToken"]],
    [["trace"], ["--interpolate-positions", "hidden_states.0"]],
    [["export"], ["torch-simple-vit", "--dtype"]],
  ])("helps with %j", async (command, words) => {
    const { code, stdout } = await vitlab(folder, [...command, "--help"]);
    expect(code).toBe(0);
    for (const word of words) expect(stdout).toContain(word);
  });

  const train = ["train", "--data", "shapes", "--config", "micro.json"];
  it.each<[string, string[]]>([
    ["unknown command 'nope'", ["nope"]],
    ["unknown option '--nope'", [...train, "--nope"]],
    ["unknown option '--lr': did you mean --learning-rate?", [...train, "--lr", "1e-3"]],
    ["unknown option '--batch': did you mean --batch-size?", ["evaluate", "runs", "--batch", "8"]],
    ["unknown option '--warmup': did you mean --warmup-steps?", [...train, "--warmup", "5"]],
    ["unknown option '--clip': did you mean --clip-norm?", [...train, "--clip", "1"]],
    ["unknown option '--force': did you mean --overwrite?", ["data", "cifar10", "--force"]],
    ["unknown option '--images': did you mean --count?", ["models", "compare", "runs", "--images", "10"]],
    ["--data is missing: give cifar10, shapes, shapes-v1, needle, or folder:PATH", ["train"]],
    [
      "--data is missing: give cifar10, shapes, shapes-v1, needle, or folder:PATH",
      ["train", "--resume", "--out", "none"],
    ],
    ["argument '-1' is invalid. It must be a whole number, 1 or more.", [...train, "--epochs", "-1"]],
    ["argument '2.5' is invalid. It must be a whole number, 1 or more.", [...train, "--batch-size", "2.5"]],
    ["argument 'abc' is invalid. It must be a number above 0.", [...train, "--learning-rate", "abc"]],
    ["argument '1' is invalid. It must be a number from 0 to below 1.", [...train, "--dropout", "1"]],
    ["argument 'x' is invalid. It must be a whole number.", [...train, "--seed", "x"]],
    ["argument 'spin' is invalid.", [...train, "--augment", "spin"]],
    ["argument 'huge' is invalid. Allowed choices are article,", ["train", "--data", "shapes", "--preset", "huge"]],
    ["It must be cifar10, shapes, shapes-v1, needle, or a folder", ["train", "--data", "cifar11"]],
    ["argument 'toString' is invalid. Allowed choices are article,", ["train", "--preset", "toString"]],
    ["micro.json is a file: give a folder", ["train", "--data", "folder:micro.json"]],
    ["argument 'tests' is invalid. Allowed choices are", ["evaluate", "runs", "--data", "shapes", "--split", "tests"]],
    ["there is no folder runs", ["evaluate", "runs", "--data", "shapes"]],
    ["--config none.json can't be read: there is no such file", ["train", "--data", "shapes", "--config", "none.json"]],
    ["'--config <file>' cannot be used with option '--preset <name>'", [...train, "--preset", "tiny"]],
    ["cannot be used with option '--overwrite'", [...train, "--resume", "--overwrite"]],
    ["--warmup-steps needs --schedule cosine", [...train, "--warmup-steps", "5"]],
    ["--momentum is for --optimizer sgd", [...train, "--momentum", "0.9"]],
  ])("says in one line: %s", async (message, args) => {
    const { code, stdout, stderr } = await vitlab(folder, args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(stderr).toMatch(/^error: /);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe("vitlab doctor", () => {
  it("says as JSON which engine works", async () => {
    const { code, stdout } = await vitlab(folder, ["doctor", "--json"], { VITLAB_ENGINE: "wasm" });
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      engine: "wasm",
      tensorflow: null,
      node: process.versions.node,
      threads: 1,
      reason: "engine wasm was asked for",
      vitlab: version,
      platform: process.platform,
    });
    expect(Object.keys(found).slice(0, 4)).toEqual(["engine", "tensorflow", "node", "threads"]);
  });

  it("says what to do for what is missing", async () => {
    const { code, stdout } = await vitlab(folder, ["doctor"], { VITLAB_NO_CIFAR: "1", VITLAB_ENGINE: "cpu" });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^– CIFAR-10 +not here\n +`npx vitlab data cifar10` fetches it/m);
    expect(stdout).toMatch(/^– engine +cpu .*\n +engine cpu was asked for/m);
  });

  it("says whether the kernel is installed, where, with which Node and TypeScript", async () => {
    const jupyter = join(folder, "jupyter");
    const env = { VITLAB_ENGINE: "cpu", VITLAB_CACHE: join(folder, "cache"), JUPYTER_PATH: jupyter };
    const kernel = join(jupyter, "kernels", "vitlab");
    mkdirSync(kernel, { recursive: true });
    const spec = {
      argv: [process.execPath, program.replace("cli", "kernel/typescript"), "{connection_file}"],
      display_name: "TS",
    };
    writeFileSync(join(kernel, "kernel.json"), JSON.stringify(spec));
    const { code, stdout } = await vitlab(folder, ["doctor"], env);
    expect(code).toBe(0);
    expect(stdout).toContain(`✓ kernel      TS in ${kernel}\n`);
    expect(stdout).toContain(`✓ its Node    ${process.versions.node}, ${process.execPath}, the one that runs here\n`);
    expect(stdout).toContain("– snapshot    none of the compiler for its Node");
    expect(stdout).toMatch(/^✓ TypeScript {2}6\.\d+\.\d+, with types of Node \d+/m);
    expect(JSON.parse((await vitlab(folder, ["doctor", "--json"], env)).stdout)).toMatchObject({
      kernel: "TS",
      kernelspec: { folder: kernel, nodeVersion: process.versions.node, snapshot: null, problem: null },
    });
  });

  it("says of a kernel whose Node is gone how to install it anew", async () => {
    const jupyter = join(folder, "share", "jupyter");
    mkdirSync(join(jupyter, "kernels", "vitlab"), { recursive: true });
    const spec = { argv: ["/nowhere/node", program, "{connection_file}"], display_name: "TS" };
    writeFileSync(join(jupyter, "kernels", "vitlab", "kernel.json"), JSON.stringify(spec));
    const { code, stdout } = await vitlab(folder, ["doctor"], { VITLAB_ENGINE: "cpu", JUPYTER_PATH: jupyter });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^– kernel +TS in .*: \/nowhere\/node is gone\n +`npx vitlab kernelspec install --prefix .*` writes it anew/m,
    );
  });
});
