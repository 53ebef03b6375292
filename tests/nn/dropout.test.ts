import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { Dropout } from "../../src/nn/dropout";
import { ForwardContext } from "../../src/nn/forward-context";
import { tf } from "../../src/tensor/tf";
import { onEveryEngine } from "../support/engines";

onEveryEngine("Dropout", () => {
  it("drops in training alone", () => {
    tf.tidy(() => {
      const x = tf.ones([100]);
      const module = new Dropout(0.5);
      expect(module.forward(x)).toBe(x);
      const values = module.forward(x, new ForwardContext({ training: true, random: new Random(0) })).dataSync();
      expect(new Set(values)).toEqual(new Set([0, 2]));
    });
  });

  it("at rate 0 needs no random generator", () => {
    tf.tidy(() => {
      const x = tf.ones([3]);
      expect(new Dropout(0).forward(x, new ForwardContext({ training: true }))).toBe(x);
    });
  });

  it.each([-0.1, 1, Number.NaN])("refuses the rate %d", (rate) => {
    expect(() => new Dropout(rate)).toThrow(`dropout is ${rate}: it must be at least 0 and below 1`);
  });
});
