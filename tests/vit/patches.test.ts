import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { linear } from "../../src/tensor/linear";
import { tf } from "../../src/tensor/tf";
import { type PatchOrder, patchGridSize, patchify, unpatchify } from "../../src/vit/patches";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden, transposed } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";

/** The numbers themselves, bit by bit. */
function bytesOf(tensor: Tensor): Uint8Array {
  return new Uint8Array(Float32Array.from(tensor.dataSync()).buffer);
}

const orders: PatchOrder[] = ["chw", "hwc"];

onEveryEngine("patches", () => {
  const golden = new Golden("layers/patches");

  it.each([
    ["case0", 4],
    ["case1", 2],
    ["case2", 3],
  ])("%s: are PyTorch's, exactly, in both orders, and put together give the image, exactly", (name, patchSize) => {
    tf.tidy(() => {
      const images = golden.images(`${name}/images`);
      const [, height, width] = images.shape as [number, number, number, number];
      for (const order of orders) {
        const patches = patchify(images, patchSize, { order });
        golden.expectClose(`${name}/patches_${order}`, patches);
        const again = unpatchify(patches, patchSize, [height, width], { order });
        expect([...again.dataSync()]).toEqual([...images.dataSync()]);
      }
    });
  });

  it.each([
    ["case0", 4],
    ["case1", 2],
    ["case2", 3],
  ])("%s: a linear map of patches is a convolution with the patch size as its stride", (name, patchSize) => {
    tf.tidy(() => {
      const kernel = golden.data(`${name}/conv_weight`);
      const outputs = golden.shape(`${name}/conv_weight`)[0] as number;
      const inputs = kernel.length / outputs;
      const weight = tf.tensor2d(transposed(kernel, outputs, inputs), [inputs, outputs]);
      const bias = tf.tensor1d(golden.data(`${name}/conv_bias`));
      const patches = patchify(golden.images(`${name}/images`), patchSize);
      golden.expectClose(`${name}/embedded`, linear(patches, weight, bias));
    });
  });

  it("run row by row, and inside by channel, row, column unless told otherwise", () => {
    tf.tidy(() => {
      // Number = 100 row + 10 column + channel.
      const image = tf.tensor4d(
        Array.from({ length: 2 * 4 * 2 }, (_, i) => 100 * Math.floor(i / 8) + 10 * (Math.floor(i / 2) % 4) + (i % 2)),
        [1, 2, 4, 2],
      );
      expect(patchify(image, 2).arraySync()).toEqual([
        [
          [0, 10, 100, 110, 1, 11, 101, 111],
          [20, 30, 120, 130, 21, 31, 121, 131],
        ],
      ]);
      expect(patchify(image, 2, { order: "hwc" }).arraySync()[0]?.[0]).toEqual([0, 1, 10, 11, 100, 101, 110, 111]);
    });
  });

  it("put together give the image back: every patch size that divides, square or not, any number of channels", () => {
    const random = new Random(0);
    const common = (a: number, b: number) =>
      Array.from({ length: Math.min(a, b) }, (_, i) => i + 1).filter((size) => a % size === 0 && b % size === 0);
    let cases = 0;
    for (const [height, width] of [
      [1, 1],
      [4, 4],
      [6, 9],
      [12, 8],
      [5, 15],
      [32, 32],
      [24, 36],
    ] as [number, number][])
      for (const channels of [1, 3, 4])
        for (const patchSize of common(height, width))
          for (const order of orders)
            expectNoLeak(() =>
              tf.tidy(() => {
                const batch = 1 + random.integer(3);
                const images = drawn<Tensor4D>([batch, height, width, channels], random);
                const patches = patchify(images, patchSize, { order });
                const { rows, columns } = patchGridSize([height, width], patchSize);
                expect(patches.shape).toEqual([batch, rows * columns, channels * patchSize ** 2]);
                const again = unpatchify(patches, patchSize, height === width ? height : [height, width], { order });
                expect(again.shape).toEqual(images.shape);
                expect(Buffer.compare(bytesOf(again), bytesOf(images))).toBe(0);
                cases++;
              }),
            );
    expect(cases).toBeGreaterThan(100);
  });

  it("keep the type of the image: bytes stay whole numbers", () => {
    tf.tidy(() => {
      const bytes = tf.tensor4d([0, 255, 128, 7], [1, 2, 2, 1], "int32");
      const patches = patchify(bytes, 1);
      expect(patches.dtype).toBe("int32");
      expect([...unpatchify(patches, 1, 2).dataSync()]).toEqual([0, 255, 128, 7]);
    });
  });

  it("pass gradients back to the pixels they came from", () => {
    tf.tidy(() => {
      const images = drawn<Tensor4D>([1, 4, 6, 2], new Random(1));
      const weights = drawn<Tensor3D>([1, 6, 8], new Random(2));
      const gradient = tf.grad((x: Tensor) => patchify(x as Tensor4D, 2))(images, weights);
      expect([...gradient.dataSync()]).toEqual([...unpatchify(weights, 2, [4, 6]).dataSync()]);
    });
  });

  it.each([
    [[30, 32], 4, "image is 30x32: patch size 4 does not divide its height 30; use patch size 2 or resize to 32x32"],
    [[32, 30], 4, "image is 32x30: patch size 4 does not divide its width 30; use patch size 2 or resize to 32x32"],
    [[7, 7], 4, "image is 7x7: patch size 4 does not divide its height 7; resize to 8x8"],
    [[2, 2], 4, "image is 2x2: patch size 4 does not divide its height 2; use patch size 2 or resize to 4x4"],
    [
      [224, 224],
      15,
      "image is 224x224: patch size 15 does not divide its height 224; use patch size 14 or resize to 225x225",
    ],
  ] as [[number, number], number, string][])("of %j in %i say what divides", ([height, width], patchSize, sentence) => {
    tf.tidy(() => {
      expect(() => patchGridSize([height, width], patchSize)).toThrow(sentence);
      expect(() => patchify(tf.zeros([1, height, width, 1]), patchSize)).toThrow(sentence);
      expect(() => unpatchify(tf.zeros([1, 4, 16]), patchSize, [height, width])).toThrow(sentence);
    });
  });

  it("say what they expected", () => {
    tf.tidy(() => {
      expect(() => patchify(tf.zeros([8, 8, 3]) as unknown as Tensor4D, 4)).toThrow(
        "patchify got [8, 8, 3]: expected images [batch, height, width, channels]; " +
          "add the batch axis to a single image with tf.expandDims(image, 0)",
      );
      for (const size of [0, -2, 1.5])
        expect(() => patchGridSize(8, size)).toThrow(
          `patch size is ${size}: it must be a whole number of pixels, 1 or more`,
        );
      expect(() => unpatchify(tf.zeros([4, 16]) as unknown as Tensor3D, 4, 8)).toThrow(
        "unpatchify got [4, 16]: expected [batch, patches, numbers in a patch]",
      );
      for (const shape of [
        [1, 5, 48],
        [1, 4, 50],
      ] as [number, number, number][])
        expect(() => unpatchify(tf.zeros(shape), 4, 8)).toThrow(
          `unpatchify got [${shape.join(", ")}]: a 8x8 image in patches of 4 has 4 patches of 16 numbers for each channel`,
        );
    });
  });
});
