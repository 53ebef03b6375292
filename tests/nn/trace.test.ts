import { expect, it } from "vitest";
import { Trace } from "../../src/nn/trace";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("Trace", () => {
  it("keeps values beyond the tidy that made them, in order, until it is disposed", () => {
    expectNoLeak(() => {
      const trace = new Trace();
      tf.tidy(() => {
        trace.record("b", tf.tensor1d([1, 2]));
        trace.record("a", tf.zeros([1, 3]));
      });
      expect(trace.names()).toEqual(["b", "a"]);
      expect(trace.shapes()).toEqual({ b: "[2]", a: "[1, 3]" });
      expect([...trace.get("b").dataSync()]).toEqual([1, 2]);
      expect([trace.has("a"), trace.has("c")]).toEqual([true, false]);
      trace.dispose();
      expect(trace.names()).toEqual([]);
      trace.dispose();
    });
  });

  it("replaces a value of the same name and frees the old one", () => {
    expectNoLeak(() => {
      const trace = new Trace();
      for (const value of [1, 2]) tf.tidy(() => trace.record("x", tf.scalar(value)));
      expect(trace.get("x").dataSync()[0]).toBe(2);
      trace.dispose();
    });
  });

  it("lists its names where one is asked for that it doesn't have", () => {
    const trace = new Trace();
    tf.tidy(() => {
      trace.record("patches", tf.scalar(1));
      trace.record("logits", tf.scalar(2));
    });
    expect(() => trace.get("atention")).toThrow('the trace has no "atention"; it has patches, logits');
    trace.dispose();
    expect(() => trace.get("patches")).toThrow('the trace has no "patches"; it holds nothing');
  });
});
