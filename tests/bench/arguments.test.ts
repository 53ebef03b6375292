import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let modelArguments: Loaded;

beforeAll(async () => {
  ({ modelArguments } = await load("models/arguments.mjs"));
});

describe("the arguments of the bench", () => {
  it("are everything by default, on all cores, without insisting on PyTorch", () => {
    expect(modelArguments([])).toMatchObject({
      names: [],
      engines: ["native", "wasm"],
      peers: ["stock", "torch-eager", "torch-compile"],
      insists: false,
      modes: ["train", "infer"],
      rounds: 7,
      threads: availableParallelism(),
      withTorch: false,
    });
  });

  it("choose models, engines, peers, modes and rounds", () => {
    const args = "article wide --engine native --peers torch,stock --modes train --rounds 10 --json out.jsonl".split(
      " ",
    );
    expect(modelArguments(args)).toMatchObject({
      names: ["article", "wide"],
      engines: ["native"],
      peers: ["torch-eager", "torch-compile", "stock"],
      insists: true,
      modes: ["train"],
      rounds: 10,
      json: "out.jsonl",
    });
  });

  it("take peers one by one, or none", () => {
    expect(modelArguments(["--peers", "torch-eager"]).peers).toEqual(["torch-eager"]);
    expect(modelArguments(["--peers", "none"]).peers).toEqual([]);
  });

  it.each([
    [["--engine", "gpu"], '--engine got "gpu": it takes native, wasm'],
    [["--peers", "jax"], '--peers got "jax": it takes stock, torch, torch-eager, torch-compile'],
    [["--rounds", "0"], '--rounds got "0": give a whole number, 1 or more'],
    [["--turn-seconds", "no"], '--turn-seconds got "no": give a number above 0'],
    [["--fast"], "usage: npm run bench"],
  ])("refuse %j in one sentence", (args, message) => {
    expect(() => modelArguments(args)).toThrow(message);
  });
});
