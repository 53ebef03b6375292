import { describe, expect, it } from "vitest";
import { joinState } from "../../src/widgets/state-buffers";

const buffer = Uint8Array.of(1);

describe("buffers of a message", () => {
  it("are put where their paths lead", () => {
    expect(joinState({ a: {}, list: [null, 2] }, [["a", "b"], ["list", 0], ["c"]], [buffer, buffer, buffer])).toEqual({
      a: { b: buffer },
      list: [buffer, 2],
      c: buffer,
    });
  });

  it("never leave the state, and are left out where a path leads nowhere", () => {
    const paths = [
      ["__proto__", "polluted"],
      ["constructor", "prototype", "polluted"],
      ["x", "y"],
      ["list", 7],
      [],
      "text",
      5,
    ];
    const state = joinState({ list: [1] }, paths, new Array(7).fill(buffer));
    expect(state).toEqual({ list: [1] });
    expect({}).not.toHaveProperty("polluted");
    expect(joinState({ a: 1 }, null, [buffer])).toEqual({ a: 1 });
    expect(Object.getPrototypeOf(joinState({}, [["__proto__"]], [buffer]))).toBe(Object.prototype);
  });
});
