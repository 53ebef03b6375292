import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { dropout, dropoutMask } from "../../src/tensor/dropout";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("dropout", () => {
  it.each([0.1, 0.5])("at rate %d zeroes that share and scales the others up", (rate) => {
    const side = 400;
    const mask = dropoutMask([side, side], { rate, random: new Random(19) });
    expect(mask.dtype).toBe("float32");
    const values = mask.dataSync();
    expect(new Set(values).size).toBe(2);
    const dropped = values.filter((value) => value === 0).length / values.length;
    // Four standard deviations of the share of 160,000 draws.
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / values.length));
    expect(Math.max(...values.slice(0, 100))).toBeCloseTo(1 / (1 - rate), 4);
    mask.dispose();
  });

  it.each([0.1, 0.5])("at rate %d draws neighbors, rows and halves of a word apart from each other", (rate) => {
    const side = 400;
    const mask = dropoutMask([side, side], { rate, random: new Random(20) });
    const kept = mask.dataSync().map((value) => (value > 0 ? 1 : 0));
    mask.dispose();
    for (const lag of [1, 2, 3, 4, side, side + 1]) {
      let both = 0;
      for (let i = lag; i < kept.length; i++) both += (kept[i] as number) * (kept[i - lag] as number);
      const expected = (1 - rate) ** 2;
      const deviation = Math.sqrt((3 * expected * (1 - expected)) / (kept.length - lag));
      expect(Math.abs(both / (kept.length - lag) - expected), `lag ${lag}`).toBeLessThan(4 * deviation);
    }
  });

  it("keeps the mean", () => {
    tf.tidy(() => {
      const y = dropout(tf.ones([400, 400]), { rate: 0.3, random: new Random(21) });
      expect(tf.mean(y).dataSync()[0]).toBeCloseTo(1, 2);
    });
  });

  it("with the same seed gives the same mask, and another one at the next draw", () => {
    const draw = (random: Random) => {
      const mask = dropoutMask([3, 5], { rate: 0.5, random });
      const values = [...mask.dataSync()];
      mask.dispose();
      return values;
    };
    const random = new Random(22);
    const first = draw(random);
    expect(draw(random)).not.toEqual(first);
    expect(draw(new Random(22))).toEqual(first);
  });

  it("at rate 0 is the identity and draws nothing", () => {
    const random = new Random(23);
    const x = tf.tensor1d([1, 2, 3]);
    expect(dropout(x, { rate: 0, random })).toBe(x);
    expect(random.uint32()).toBe(new Random(23).uint32());
    x.dispose();
  });

  it("stays finite however near 1 the rate is", () => {
    const mask = dropoutMask([1000], { rate: 0.9999999, random: new Random(24) });
    expect([...mask.dataSync()].every(Number.isFinite)).toBe(true);
    mask.dispose();
  });

  it("multiplies the gradient by the same mask", () => {
    tf.tidy(() => {
      const x = tf.ones([50]);
      const y = dropout(x, { rate: 0.5, random: new Random(25) });
      const slope = tf.grad((input) => dropout(input, { rate: 0.5, random: new Random(25) }))(x);
      expect([...slope.dataSync()]).toEqual([...y.dataSync()]);
    });
  });

  it("leaves no tensor behind", () => {
    const x = tf.ones([3, 3, 3]);
    expectNoLeak(() => dropout(x, { rate: 0.5, random: new Random(26) }).dispose());
    x.dispose();
  });
});
