import { beforeAll, describe, expect, it } from "vitest";
import { tokenColors } from "../../src/figure/token-colors";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { made } from "./golden-figures";
import { gradientImage, plainImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

/** Red to the right, green downwards. */
const corners = made([1, 2, 2, 3], (_, row, column, channel) => [column, row, 0][channel]!);

describe("tokenColors", () => {
  it("draws each token as an even square of its three numbers", async () => {
    const figure = tokenColors(corners, { size: 40 });
    expect([figure.width, figure.height]).toEqual([40 + 24, 40 + 24]);
    const png = await decodePng(await figure.png());
    // Inside of the line around them, on both sides of the middle.
    expect([png.at(30, 30), png.at(62, 62), png.at(65, 62), png.at(62, 65), png.at(98, 98)]).toEqual([
      "#000000",
      "#000000",
      "#ff0000",
      "#00ff00",
      "#ffff00",
    ]);
  });

  it("stands beside its image or below it", async () => {
    const image = plainImage(8, [0, 0, 255]);
    const [beside, below] = (["beside", "below"] as const).map((arrangement) =>
      tokenColors(corners, { images: image, arrangement, size: 40 }),
    );
    expect([beside!.width, beside!.height]).toEqual([84 + 24, 40 + 24]);
    expect([below!.width, below!.height]).toEqual([40 + 24, 84 + 24]);
    const png = await decodePng(await beside!.png());
    expect([png.at(60, 60), png.at(24 + 2 * 44 + 70, 94)]).toEqual(["#0000ff", "#ffff00"]);
  });

  it("has one image for all before them", () => {
    const three = made([3, 2, 2, 3], (index) => index / 2);
    const alone = tokenColors(three, { size: 40 });
    expect(tokenColors(three, { size: 40, images: gradientImage(8) }).width).toBe(alone.width + 40 + 12);
    expect(() => tokenColors(three, { images: [gradientImage(8), gradientImage(8)] })).toThrow(
      "images has 2 images: 3 are expected, or one for all",
    );
  });

  it("says in words what it shows, and counts what isn't finite and stays blank", async () => {
    const odd = made([2, 2, 3], (row, column) => (row + column === 0 ? Number.NaN : 0.5));
    const figure = tokenColors(odd, { titles: ["cat"], size: 40 });
    expect(figure.text).toBe(
      "Colors of tokens\nthree numbers of each token as red, green and blue, 1 image of 2 rows and 2 columns of tokens\n" +
        "3 values are not finite: 3 NaN\ncat: mean color 0.5, 0.5, 0.5",
    );
    const png = await decodePng(await figure.png());
    expect([png.at(24 + 20, png.height - 24 - 60), png.at(24 + 60, png.height - 24 - 20)]).toEqual([
      "#ffffff",
      "#808080",
    ]);
  });

  it("refuses what is no color", () => {
    expect(() => tokenColors(made([2, 2, 4], () => 0))).toThrow(
      "colors is [2, 2, 4]: [images, rows, columns, 3] is expected",
    );
    expect(() => tokenColors(made([2, 2, 3], () => -0.5))).toThrow(
      "colors has the number -0.5: numbers from 0 (dark) to 1 are expected",
    );
    expect(() => tokenColors(corners, { titles: ["a", "b"] })).toThrow("titles has 2 names: there are colors of 1");
    expect(() => tokenColors(corners, { arrangement: "below" })).toThrow("arrangement has nothing to act on");
  });

  it("leaves tensors alone", () => {
    const tensors = [tf.ones([2, 4, 4, 3]), tf.zeros([2, 8, 8, 3])] as const;
    const before = tf.memory().numTensors;
    tokenColors(tensors[0], { images: tensors[1] });
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...tensors]);
  });
});
