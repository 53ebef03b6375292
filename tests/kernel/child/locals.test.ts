import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { Locals } from "../../../src/kernel/child/locals";

setFlagsFromString("--allow-natives-syntax");
const isFast = new Function("object", "return %HasFastProperties(object)") as (object: object) => boolean;

describe("the variables of the cells", () => {
  it("are plain properties of an object in fast mode once they have a value, however many there are", () => {
    const locals = new Locals();
    const names = Array.from({ length: 300 }, (_, i) => `v${i}`);
    for (let run = 0; run < 2; run++) {
      const cell = locals.begin(names);
      for (const name of names) locals.exports[name] = run;
      expect(isFast(locals.exports)).toBe(true);
      expect(Object.getOwnPropertyDescriptor(locals.exports, "v7")).toMatchObject({ value: run, writable: true });
      cell.end();
    }
  });

  it("stay so when a result is taken, when a cell fails, and after a reset", () => {
    const locals = new Locals();
    const cell = locals.begin(["a", "b"]);
    Object.assign(locals.exports, { a: 1, tsLastExpr: 2 });
    expect(locals.take("tsLastExpr")).toBe(2);
    expect(cell.end()).toEqual(["a"]);
    expect(isFast(locals.exports)).toBe(true);
    expect(locals.all()).toEqual({ a: 1 });
    locals.clear();
    expect([isFast(locals.exports), locals.all()]).toEqual([true, {}]);
  });

  it("keep their values while a cell runs that declares them anew, until it sets them", () => {
    const locals = new Locals();
    locals.exports.old = 1;
    const cell = locals.begin(["old", "fresh"]);
    expect(locals.all()).toEqual({ old: 1 });
    expect(cell.end()).toEqual([]);
    expect(locals.all()).toEqual({ old: 1 });
    locals.exports.fresh = 2;
    expect(locals.all()).toEqual({ old: 1, fresh: 2 });
  });

  it("count as set by a cell also when their value is the same as before", () => {
    const locals = new Locals();
    locals.exports.a = 1;
    const cell = locals.begin(["a"]);
    locals.exports.a = 1;
    expect(cell.end()).toEqual(["a"]);
  });

  it("are told apart by the cells that run at the same time", () => {
    const locals = new Locals();
    locals.exports.both = 0;
    const first = locals.begin(["a", "both"]);
    locals.exports.a = 1;
    const second = locals.begin(["b", "both"]);
    expect([first.assigned(), second.assigned()]).toEqual([["a"], []]);
    locals.exports.b = 2;
    expect([first.end(), locals.exports.both]).toEqual([["a"], 0]);
    locals.exports.both = 3;
    expect(second.end()).toEqual(["b", "both"]);
    expect(locals.all()).toEqual({ a: 1, b: 2, both: 3 });
  });
});
