import { inspect } from "node:util";
import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Module, type StateDict } from "../../src/nn/module";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

/** Computes nothing: what is tested here are names. */
class Named extends Module {
  forward(): void {}
}

class Inner extends Named {
  readonly scale = this.parameter("scale", () => tf.tensor1d([1, 2, 3]) as Tensor1D);
}

class Empty extends Named {}

class Outer extends Named {
  readonly first = this.child("first", new Inner());
  readonly empty = this.child("empty", new Empty());
  readonly own = this.parameter("own", () => tf.zeros([2, 2]) as Tensor2D);
  readonly second = this.child("second", new Inner());
}

class Large extends Named {
  readonly blocks = Array.from({ length: 8 }, (_, i) => this.child(`blocks.${i}`, new Outer()));

  [inspect.custom](): string {
    return `Large <of ${this.blocks.length}>`;
  }
}

function shown(module: Module): Record<string, string> {
  const display = (module as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")];
  return display?.call(module) ?? {};
}

onEveryEngine("Module", () => {
  it("lists the modules inside, directly and at any depth", () => {
    const module = new Outer();
    expect([...module.namedChildren()]).toEqual([
      ["first", module.first],
      ["empty", module.empty],
      ["second", module.second],
    ]);
    const large = new Large();
    expect([...large.namedModules().keys()].slice(0, 5)).toEqual([
      "blocks.0",
      "blocks.0.first",
      "blocks.0.empty",
      "blocks.0.second",
      "blocks.1",
    ]);
    for (const each of [module, large]) each.dispose();
  });

  it.each(["first", "blocks.3.second", "blocks.2"])("replaces the one at %s, field, list and parameters", (path) => {
    const module = path === "first" ? new Outer() : new Large();
    const fresh = path.startsWith("blocks") && path.length === 8 ? new Outer() : new Inner();
    const before = module.namedModules().get(path);
    const names = [...module.namedParameters().keys()];
    expect(module.replace(path, fresh)).toBe(before);
    expect(module.namedModules().get(path)).toBe(fresh);
    if (module instanceof Outer) expect(module.first).toBe(fresh);
    else if (fresh instanceof Outer) expect(module.blocks[2]).toBe(fresh);
    else expect(module.blocks[3]?.second).toBe(fresh);
    expect([...module.namedParameters().keys()]).toEqual(names);
    for (const parameter of fresh.parameters()) expect(module.parameters()).toContain(parameter);
    for (const parameter of before?.parameters() ?? []) expect(module.parameters()).not.toContain(parameter);
    expect(module.isDisposed).toBe(false);
    before?.dispose();
    expect(module.isDisposed).toBe(false);
    fresh.dispose();
    expect(module.isDisposed).toBe(true);
    module.dispose();
  });

  it("replaces nothing by what isn't there, isn't a module, is disposed, or goes round in a circle", () => {
    const module = new Outer();
    const disposed = new Inner();
    disposed.dispose();
    expect(() => module.replace("third", new Empty())).toThrow(
      'this Outer has no module "third": its modules are first, empty, second',
    );
    expect(() => module.replace("first", { forward() {} } as never)).toThrow(
      'replace("first", …) got an object: give a module, such as new Inner(…)',
    );
    expect(() => module.replace("first", disposed)).toThrow("this Inner was disposed");
    expect(() => module.replace("first", module)).toThrow(
      "the module for first contains this Outer: give one that doesn't",
    );
    expect([...module.namedParameters().keys()]).toEqual(["own", "first.scale", "second.scale"]);
    module.dispose();
  });

  it("names parameters by their path", () => {
    const module = new Outer();
    expect([...module.namedParameters().keys()]).toEqual(["own", "first.scale", "second.scale"]);
    expect(module.parameters()).toEqual([module.own, module.first.scale, module.second.scale]);
    module.dispose();
  });

  it("counts parameters in all and by part, whose counts add up", () => {
    const module = new Outer();
    expect(module.parameterCount()).toEqual({
      total: 10,
      parts: {
        own: { total: 4, parts: {} },
        first: { total: 3, parts: { scale: { total: 3, parts: {} } } },
        second: { total: 3, parts: { scale: { total: 3, parts: {} } } },
      },
    });
    module.dispose();
  });

  it("copies parameters out and in", () => {
    expectNoLeak(() => {
      const [from, to] = [new Outer(), new Outer()];
      tf.tidy(() => from.own.assign(tf.tensor2d([1, 2, 3, 4], [2, 2])));
      const state = from.stateDict();
      expect(Object.keys(state)).toEqual(["own", "first.scale", "second.scale"]);
      expectNoLeak(() => to.loadStateDict(state));
      expect(to.stateDict()).toEqual(state);
      tf.tidy(() => from.own.assign(tf.ones([2, 2])));
      expect(state.own?.data).toEqual(Float32Array.of(1, 2, 3, 4));
      from.dispose();
      to.dispose();
    });
  });

  it("keeps numbers of its own: changing a state dict afterwards changes no parameter", () => {
    const module = new Inner();
    const state: StateDict = { scale: { shape: [3], data: Float32Array.of(7, 8, 9) } };
    module.loadStateDict(state);
    state.scale?.data.fill(0);
    expect([...module.scale.dataSync()]).toEqual([7, 8, 9]);
    const copy = module.stateDict();
    copy.scale?.data.fill(0);
    expect([...module.scale.dataSync()]).toEqual([7, 8, 9]);
    module.dispose();
  });

  it("says all that doesn't fit, and changes nothing", () => {
    const module = new Outer();
    const before = module.stateDict();
    expectNoLeak(() => {
      expect(() =>
        module.loadStateDict({
          own: { shape: [2, 2], data: Float32Array.of(9, 9, 9, 9) },
          "first.scale": { shape: [4], data: new Float32Array(4) },
          third: { shape: [1], data: new Float32Array(1) },
        }),
      ).toThrow(
        "the weights don't fit the model: first.scale is [4], expected [3]; second.scale is missing; third is unknown; " +
          "build the model from the same config",
      );
      const { own, ...others } = before;
      expect(() => module.loadStateDict({ ...others, own: { shape: [2, 2], data: new Float32Array(3) } })).toThrow(
        "own holds 3 numbers, expected 4",
      );
      const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`x${i}`, before.own])) as StateDict;
      expect(() => module.loadStateDict({ ...before, ...many })).toThrow("x4 is unknown; and 4 more; build");
    });
    expect(module.stateDict()).toEqual(before);
    module.dispose();
  });

  it("shows itself in a notebook as the table of its parameters", () => {
    const module = new Outer();
    expect(shown(module)["text/plain"]).toBe(
      [
        "Outer",
        "",
        "name          shape   parameters   share",
        "own           [2, 2]           4   40.0%",
        "first.scale   [3]              3   30.0%",
        "second.scale  [3]              3   30.0%",
        "total                         10  100.0%",
      ].join("\n"),
    );
    expect(shown(module)["text/html"]).toContain('>first.scale</td><td style="text-align: left">[3]</td><td>3</td>');
    module.dispose();
  });

  it("groups the parameters of many modules by module", () => {
    const module = new Large();
    const { "text/plain": text, "text/html": html } = shown(module);
    expect(text).toBe(
      [
        "Large <of 8>",
        "",
        "name      shape      parameters   share",
        ...Array.from({ length: 8 }, (_, i) => `blocks.${i}  3 tensors          10   12.5%`),
        "total                        80  100.0%",
      ].join("\n"),
    );
    expect(html).toContain("Large &#60;of 8&#62;");
    expect(html?.match(/<details>/g)).toHaveLength(8);
    expect(html).toContain(">blocks.7.second.scale</td>");
    module.dispose();
  });

  it("frees every parameter, in a tidy too, and bears being freed twice", () => {
    expectNoLeak(() => {
      let made: Outer | undefined;
      tf.tidy(() => {
        made = new Outer();
      });
      const module = made as unknown as Outer;
      expect(module.own.isDisposed).toBe(false);
      module.dispose();
      module.dispose();
    });
  });
});
