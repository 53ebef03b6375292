import { describe, expect, it } from "vitest";
import { checkOptions, show } from "../../src/base/check-options";
import { VitlabError } from "../../src/base/error";

interface DrawOptions {
  count?: number;
  seed?: number;
}

const options: DrawOptions = {};

describe("the names of options", () => {
  it("are those of the interface, or they don't compile", () => {
    checkOptions("draw", options, { count: true, seed: true });
    // @ts-expect-error seed is missing.
    checkOptions("draw", options, { count: true });
    // @ts-expect-error There is no option size.
    checkOptions("draw", options, { count: true, seed: true, size: true });
  });

  it("are told with the one that was meant", () => {
    const given: DrawOptions = JSON.parse('{ "limit": 5 }');
    expect(() => checkOptions("draw", given, { count: true, seed: true })).toThrow(
      new VitlabError("draw has no option limit: did you mean count? the options are count, seed"),
    );
  });
});

it("show says what is an object, whatever it has as its constructor", () => {
  expect(show({ constructor: { name: { toString: 1 } } })).toBe("an object");
  expect(show({ constructor: 5 })).toBe("an object");
});
