import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let competitorsFor: Loaded;

beforeAll(async () => {
  ({ competitorsFor } = await load("models/competitors.mjs"));
});
const asked = { engines: ["native", "wasm"], peers: ["stock", "torch-eager", "torch-compile"], threads: 2 };

const ids = (options: object) =>
  competitorsFor({ ...asked, ...options }).map((each: { id: string; against: string }) => [each.id, each.against]);

describe("the competitors", () => {
  it("take turns in one order, each compared with vitlab on its engine, PyTorch with vitlab on the first", () => {
    expect(ids({ python: "/bin/python" })).toEqual([
      ["vitlab native", "vitlab native"],
      ["stock native", "vitlab native"],
      ["vitlab wasm", "vitlab wasm"],
      ["stock wasm", "vitlab wasm"],
      ["torch eager", "vitlab native"],
      ["torch compile", "vitlab native"],
    ]);
  });

  it("are without PyTorch where there is none, and with another build of vitlab where asked", () => {
    expect(ids({ engines: ["native"], against: "before" })).toEqual([
      ["vitlab native", "vitlab native"],
      ["other vitlab native", "vitlab native"],
      ["stock native", "vitlab native"],
    ]);
  });

  it("all have the same number of threads", () => {
    for (const { start } of competitorsFor({ ...asked, threads: 3, python: "/bin/python" }))
      expect(start.env).toMatchObject({ TF_NUM_INTRAOP_THREADS: "3", OMP_NUM_THREADS: "3", MKL_NUM_THREADS: "3" });
  });
});
