import { beforeAll, describe, expect, it } from "vitest";
import { toImage, toImages } from "../../src/figure/pixels";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const red = { width: 1, height: 1, pixels: Uint8Array.of(255, 0, 0) };

describe("images for figures", () => {
  it("come as bytes, with red, green and blue, gray, or an alpha channel", () => {
    expect([...toImage(red).rgba]).toEqual([255, 0, 0, 255]);
    expect([...toImage({ width: 1, height: 1, channels: 1, pixels: Uint8Array.of(7) }).rgba]).toEqual([7, 7, 7, 255]);
    expect([...toImage({ width: 1, height: 1, channels: 4, pixels: Uint8Array.of(1, 2, 3, 4) }).rgba]).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it("come as float tensors from -1 to 1, which stay the caller's", () => {
    const tensor = tf.tensor3d([[[-1, 0, 1]], [[1.2, -1.2, 0.5]]]);
    const before = tf.memory().numTensors;
    expect(toImage(tensor)).toEqual({
      width: 1,
      height: 2,
      rgba: Uint8ClampedArray.of(0, 128, 255, 255, 255, 0, 191, 255),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
  });

  it("come as int32 tensors of bytes and as batches", () => {
    const tensor = tf.tensor4d([1, 2, 3, 4, 5, 6], [2, 1, 1, 3], "int32");
    expect(toImages(tensor).map((image) => [...image.rgba])).toEqual([
      [1, 2, 3, 255],
      [4, 5, 6, 255],
    ]);
    expect(toImages([red, red])).toHaveLength(2);
    expect(() => toImage(tensor)).toThrow("image is a batch of 2 images: one is expected here");
    tensor.dispose();
  });

  it("refuse values of another normalization", () => {
    const tensor = tf.tensor3d([[[0, 128, 255]]]);
    expect(() => toImage(tensor)).toThrow(
      "image holds the value 128: figures take floats from -1 to 1; turn bytes into them with image.div(127.5).sub(1)",
    );
    tensor.dispose();
    const nan = tf.tensor3d([[[0, Number.NaN, 0]]]);
    expect(() => toImage(nan)).toThrow("image holds NaN");
    nan.dispose();
    const infinite = tf.tensor3d([[[0, Number.POSITIVE_INFINITY, 0]]]);
    expect(() => toImage(infinite)).toThrow("image holds Infinity: it can't be drawn");
    infinite.dispose();
    const floats = Float32Array.of(0, 0.5, 1) as unknown as Uint8Array;
    expect(() => toImage({ width: 1, height: 1, pixels: floats })).toThrow(
      "image has pixels in an object of class Float32Array: bytes from 0 to 255 are expected, in a Uint8Array",
    );
  });

  it("refuse shapes that are no image", () => {
    const chw = tf.zeros([3, 32, 32]);
    expect(() => toImage(chw)).toThrow("image is [3, 32, 32]: has 32 channels");
    chw.dispose();
    const flat = tf.zeros([48]);
    expect(() => toImage(flat)).toThrow("image is a tensor [48]: [height, width, channels]");
    flat.dispose();
    expect(() => toImage({ width: 2, height: 2, pixels: new Uint8Array(3) })).toThrow(
      "image is 2x2 with 3 channels: that takes 12 bytes and it has 3",
    );
    expect(() => toImages([])).toThrow("no images");
  });
});
