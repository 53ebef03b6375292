import { afterEach, describe, expect, it, vi } from "vitest";
import { explanationWords } from "../../src/panels/explanation-words";

afterEach(() => vi.unstubAllEnvs());

describe("what an explanation says of itself", () => {
  it("stays as it is in English", () => {
    expect(explanationWords("attention rollout, mean of heads")).toBe("attention rollout, mean of heads");
  });

  it.each([
    [
      "attention weights of the class token, block 3, mean of 5 heads",
      "分类标记的注意力权重，编码器块 3，5 个头的均值",
    ],
    [
      "attention rollout, mean of heads, smallest 0.9 discarded",
      "注意力展开（attention rollout），各头取均值，舍去最小的 0.9",
    ],
    ["similarity to patch 10 after block 2", "与图像块 10 的相似度（编码器块 2 之后）"],
    ["relevance, not normalized", "相关性，未归一化"],
    ["drop of probability", "概率的下降"],
    [
      "attention rollout, mean of heads; occlusion by 4x4 pixels of a color",
      "注意力展开（attention rollout），各头取均值；用一种颜色遮挡 4x4 像素",
    ],
    ["share of attention", "注意力份额"],
    ["something new", "something new"],
  ])("is said anew in Chinese, and what isn't known stays: %s", (english, chinese) => {
    vi.stubEnv("VITLAB_LANG", "zh");
    expect(explanationWords(english)).toBe(chinese);
  });
});
