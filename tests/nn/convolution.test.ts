import type { Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { Convolution } from "../../src/nn/convolution";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("Convolution", () => {
  it("starts as torch.nn.Conv2d does, and says what a checkpoint must know", () => {
    const module = new Convolution(3, 50, { kernel: 3, padding: 1, random: new Random(1) });
    const numbers = module.weight.dataSync();
    expect(Math.max(...numbers)).toBeCloseTo(1 / Math.sqrt(27), 2);
    expect(Math.min(...numbers)).toBeCloseTo(-1 / Math.sqrt(27), 2);
    expect(module.settings).toEqual({ kernel: 3, stride: 1, padding: 1 });
    module.dispose();
  });

  it("refuses options that nothing reads, other images, and to work when disposed", () => {
    expect(() => new Convolution(3, 4, { size: 3, random: null } as never)).toThrow(
      "new Convolution has no option size",
    );
    const module = new Convolution(3, 4, { kernel: 3, random: null });
    const x = tf.zeros([1, 4, 4, 1]) as Tensor4D;
    expectNoLeak(() => expect(() => module.forward(x)).toThrow("convolution got [1, 4, 4, 1]: expected images"));
    module.dispose();
    expect(() => module.forward(x)).toThrow("this Convolution was disposed");
    x.dispose();
  });
});
