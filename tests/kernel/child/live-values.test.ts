import { expect, it } from "vitest";
import { liveValue } from "../../../src/kernel/child/live-values";

class Animal {
  name = "cat";
  get loud(): string {
    throw new Error("a getter ran");
  }
  speak() {}
}

const variables = {
  animal: new Animal(),
  data: { alpha: { beta: [1, 2] }, "x-y": 1 },
  text: "abc",
  nothing: null,
  proxy: new Proxy(
    {},
    {
      getOwnPropertyDescriptor() {
        throw new Error("a trap ran");
      },
      getPrototypeOf() {
        throw new Error("a trap ran");
      },
    },
  ),
};
const names = (...path: string[]) => liveValue(path, variables)?.members.map(({ name }) => name);

it("lists the members of a value and of its class, not those of every object", () => {
  expect(names("data")).toEqual(["alpha", "x-y"]);
  expect(names("data", "alpha")).toEqual(["beta"]);
  expect(liveValue(["animal"], variables)?.members).toEqual([
    { name: "name", kind: "property" },
    { name: "constructor", kind: "class" },
    { name: "loud", kind: "property" },
    { name: "speak", kind: "function" },
  ]);
  expect(names("data", "alpha", "beta")).toContain("map");
  expect(names("text")).toContain("toUpperCase");
  expect(names("process", "env")).toContain("PATH");
});

it("runs no getter and no trap", () => {
  expect(names("animal", "loud")).toBeUndefined();
  expect(liveValue(["proxy"], variables)).toEqual({ type: "Proxy", text: "Proxy", members: [] });
  expect(names("proxy", "x")).toBeUndefined();
});

it("says what a value is", () => {
  expect(liveValue(["animal"], variables)).toMatchObject({ type: "Animal", text: "Animal { name: 'cat' }" });
  expect(liveValue(["data", "alpha"], variables)).toMatchObject({ type: "Object", text: "{ beta: [ 1, 2 ] }" });
  expect(liveValue(["nothing"], variables)).toEqual({ type: "null", text: "null", members: [] });
  expect(liveValue(["missing"], variables)).toBeNull();
  expect(liveValue(["nothing", "x"], variables)).toBeNull();
});
