import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { expectGradients, numbers } from "./directional-derivative";

onEveryEngine("crossEntropy", () => {
  const golden = new Golden("layers/training");

  it.each(["0.0", "0.1", "0.3"])("has PyTorch's values and gradient with label smoothing %s", (smoothing) => {
    tf.tidy(() => {
      const logits = golden.tensor<Tensor2D>("ce/logits");
      const labels = tf.tensor1d(golden.data("ce/labels"), "int32");
      const labelSmoothing = Number(smoothing);
      const key = `ce/smoothing_${smoothing}`;
      golden.expectClose(`${key}/mean`, crossEntropy(logits, labels, { labelSmoothing }));
      golden.expectClose(`${key}/sum`, crossEntropy(logits, labels, { labelSmoothing, reduction: "sum" }));
      golden.expectClose(`${key}/none`, crossEntropy(logits, labels, { labelSmoothing, reduction: "none" }));
      const loss = (z: Tensor) => crossEntropy(z as Tensor2D, labels, { labelSmoothing });
      golden.expectClose(`${key}/grad`, tf.grad(loss)(logits));
    });
  });

  it("takes probabilities as targets", () => {
    tf.tidy(() => {
      const targets = golden.tensor<Tensor2D>("ce/soft_targets");
      golden.expectClose("ce/soft/mean", crossEntropy(golden.tensor<Tensor2D>("ce/logits"), targets));
    });
  });

  it("its log-softmax has PyTorch's values: row by row, class by class", () => {
    const basics = new Golden("layers/basics");
    tf.tidy(() => {
      const logits = basics.tensor<Tensor2D>("log_softmax/input");
      const [rows, classes] = logits.shape;
      const columns = Array.from({ length: classes }, (_, c) => {
        const labels = tf.fill([rows], c, "int32") as Tensor1D;
        return tf.neg(crossEntropy(logits, labels, { reduction: "none" }));
      });
      basics.expectClose("log_softmax/output", tf.stack(columns, 1));
    });
  });

  it("is ln classes where all classes are equally likely, and finite where they are not at all", () => {
    tf.tidy(() => {
      const labels = tf.tensor1d([3], "int32");
      expect(crossEntropy(tf.zeros([1, 10]), labels).dataSync()[0]).toBeCloseTo(Math.log(10), 6);
      const sure = tf.tensor2d([[1e4, -1e4, 0, -1e4]]);
      expect(crossEntropy(sure, tf.tensor1d([0], "int32")).dataSync()[0]).toBeCloseTo(0, 10);
      expect(crossEntropy(sure, labels).dataSync()[0]).toBe(20000);
    });
  });

  for (const reduction of ["mean", "sum"] as const)
    it(`with ${reduction}: the gradient is the slope of the values`, () => {
      const labels = [0, 2, 1];
      expectGradients(
        ([z]) => crossEntropy(z as Tensor2D, tf.tensor1d(labels, "int32"), { reduction, labelSmoothing: 0.1 }),
        [{ name: "logits", shape: [3, 5], data: numbers([3, 5], new Random(15), 2) }],
      );
    });

  it("with none: a gradient for each image", () => {
    expectGradients(
      ([z]) => crossEntropy(z as Tensor2D, tf.tensor2d([0.5, 0.5, 0, 1, 0, 0], [2, 3]), { reduction: "none" }),
      [{ name: "logits", shape: [2, 3], data: numbers([2, 3], new Random(16), 2) }],
    );
  });

  it("has the right slope for targets that don't sum to 1, as a weighted image's", () => {
    expectGradients(
      ([z]) => crossEntropy(z as Tensor2D, tf.tensor2d([2, 0.5, 0, 0, 0, 0.3], [2, 3])),
      [{ name: "logits", shape: [2, 3], data: numbers([2, 3], new Random(32), 2) }],
    );
  });

  it("reads float labels as class numbers", () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([[1, 2, 3]]);
      const byInteger = crossEntropy(logits, tf.tensor1d([1], "int32")).dataSync()[0];
      expect(crossEntropy(logits, tf.tensor1d([1])).dataSync()[0]).toBe(byInteger);
    });
  });

  it("says what it expected", () => {
    tf.tidy(() => {
      const logits = tf.zeros([2, 3]) as Tensor2D;
      expect(() => crossEntropy(logits, tf.tensor1d([0], "int32"))).toThrow(
        "cross-entropy got logits [2, 3] and targets [1]: expected class numbers [2] or probabilities [2, 3]",
      );
      expect(() => crossEntropy(logits, tf.zeros([2, 4]) as Tensor2D)).toThrow("targets [2, 4]");
      expect(() => crossEntropy(tf.zeros([3]) as unknown as Tensor2D, tf.zeros([3]) as Tensor1D)).toThrow(
        "cross-entropy got logits [3]",
      );
      expect(() => crossEntropy(logits, tf.tensor1d([0, 3], "int32"))).toThrow(
        "cross-entropy got the label 3: with 3 classes labels run from 0 to 2",
      );
      expect(() => crossEntropy(logits, tf.tensor1d([-1, 0], "int32"))).toThrow("cross-entropy got the label -1");
      expect(() => crossEntropy(logits, tf.tensor1d([0, 0], "int32"), { labelSmoothing: 1.5 })).toThrow(
        "label smoothing is 1.5: it must be from 0 to 1",
      );
    });
  });

  it("leaves no tensor behind, nor does its gradient", () => {
    const [logits, labels] = [tf.zeros([2, 3]) as Tensor2D, tf.tensor1d([0, 1], "int32")];
    expectNoLeak(() => crossEntropy(logits, labels, { labelSmoothing: 0.1 }).dispose());
    expectNoLeak(() =>
      tf
        .grad((z: Tensor) => crossEntropy(z as Tensor2D, labels))(logits)
        .dispose(),
    );
    tf.dispose([logits, labels]);
  });
});
