import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { SelfAttention } from "../../src/nn/attention";
import { Dropout } from "../../src/nn/dropout";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { type Edit, ForwardContext, type ForwardInput } from "../../src/nn/forward-context";
import { Mlp } from "../../src/nn/mlp";
import { SwiGLU } from "../../src/nn/swiglu";
import { Trace } from "../../src/nn/trace";
import { tf } from "../../src/tensor/tf";
import { onEveryEngine } from "../support/engines";

onEveryEngine("ForwardContext", () => {
  it("is watched where a trace collects, or an edit names a value below", () => {
    expect(new ForwardContext().at("blocks.0").watched).toBe(false);
    expect(new ForwardContext({ trace: new Trace() }).at("blocks.0").watched).toBe(true);
    const edited = new ForwardContext({ edit: { "blocks.1.attention.weights": (a) => a } });
    expect(edited.at("blocks.1").at("attention").watched).toBe(true);
    expect(edited.at("blocks.1").at("mlp").watched).toBe(false);
    expect(edited.at("blocks.0").at("attention").watched).toBe(false);
    expect(edited.at("blocks.10").at("attention").watched).toBe(false);
  });

  it("tap records what the edit made of a value, under the full path", () => {
    const trace = new Trace();
    tf.tidy(() => {
      const context = new ForwardContext({ trace, edit: { "a.b.x": (x) => tf.mul(x, 10) } }).at("a").at("b");
      expect(context.tap("x", tf.scalar(2)).dataSync()[0]).toBe(20);
      expect(context.tap("y", tf.scalar(3)).dataSync()[0]).toBe(3);
    });
    expect(trace.names()).toEqual(["a.b.x", "a.b.y"]);
    expect(trace.get("a.b.x").dataSync()[0]).toBe(20);
    trace.dispose();
  });

  it("refuses an edit that changes the shape or returns no tensor", () => {
    tf.tidy(() => {
      const tap = (edit: Edit) => new ForwardContext({ edit: { x: edit } }).tap("x", tf.zeros([2, 3]));
      expect(() => tap((x) => tf.sum(x, 0))).toThrow("edit of x returned [3]: expected the shape it got, [2, 3]");
      expect(() => tap(() => undefined as unknown as Tensor)).toThrow(
        "edit of x returned undefined: return the tensor to go on with",
      );
    });
  });

  it("checkEdits names the edits that met no value", () => {
    const inner = new ForwardContext({ edit: { "a.x": (x) => x, nowhere: (x) => x } });
    tf.tidy(() => inner.at("a").tap("x", tf.scalar(1)));
    expect(() => inner.checkEdits()).toThrow(
      "edit names nowhere, which this model doesn't compute; model.run(images).trace.names() lists the names",
    );
  });

  it("gives dropout its settings in training alone", () => {
    const random = new Random(0);
    expect(new ForwardContext({ random }).dropout(0.5)).toBeUndefined();
    expect(new ForwardContext({ training: true, random }).dropout(0)).toBeUndefined();
    expect(new ForwardContext({ training: true, random }).dropout(0.5)).toEqual({ rate: 0.5, random });
    expect(() => new ForwardContext({ training: true }).dropout(0.5)).toThrow("needs a random generator");
  });

  it("is made of options where a pass begins, and goes on as it is within", () => {
    const context = new ForwardContext({ training: true }).at("blocks.0");
    expect(ForwardContext.from(context)).toBe(context);
    expect(ForwardContext.from().options).toEqual({});
    const options = { training: true, random: new Random(0) };
    expect(ForwardContext.from(options).options).toBe(options);
  });

  it("refuses what is no options", () => {
    const from = (given: unknown) => () => ForwardContext.from(given as ForwardInput);
    const tensor = tf.zeros([2, 3]);
    expect(from(tensor)).toThrow(
      "forward got a tensor [2, 3] where its options go: give them by name, such as { mask }",
    );
    tensor.dispose();
    expect(from([])).toThrow("forward got a list for its options: give one object with training, random");
    expect(from(null)).toThrow("forward got null for its options");
    expect(from(true)).toThrow("forward got true for its options");
    expect(from({ train: true })).toThrow("forward has no option train: did you mean training?");
  });

  it("may be left to each block, which takes the options themselves", () => {
    const random = new Random(1);
    const blocks = [
      new Dropout(0.5),
      new Mlp(4, 8, { activation: "relu", random, dropout: 0.5 }),
      new SwiGLU(4, 8, { random, dropout: 0.5 }),
      new SelfAttention(4, { heads: 2, random, attentionDropout: 0.5 }),
      new EncoderBlock(4, { heads: 2, mlpDim: 8, norm: "pre", activation: "relu", random, dropout: 0.5 }),
    ];
    tf.tidy(() => {
      const x = tf.ones([1, 6, 4]) as Tensor3D;
      for (const block of blocks) {
        const options = () => ({ training: true, random: new Random(2) });
        const wanted = block.forward(x, new ForwardContext(options())).dataSync();
        expect([...block.forward(x, options()).dataSync()]).toEqual([...wanted]);
        expect([...block.forward(x).dataSync()]).not.toEqual([...wanted]);
        expect(() => block.forward(x, x as ForwardInput)).toThrow(
          "forward got a tensor [1, 6, 4] where its options go",
        );
        block.dispose();
      }
    });
  });
});
