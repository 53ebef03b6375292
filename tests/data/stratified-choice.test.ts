import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { stratifiedChoice } from "../../src/data/stratified-choice";

it("divides indices, both parts rising, nothing lost", () => {
  const { chosen, rest } = stratifiedChoice([0, 0, 0, 0, 1, 1, 1, 1], 4, new Random(1));
  expect([...chosen, ...rest].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect([...chosen]).toEqual([...chosen].sort((a, b) => a - b));
  expect([...rest]).toEqual([...rest].sort((a, b) => a - b));
});

it("follows the shares of the labels; the largest remainders fill up", () => {
  const labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
  const count = (chosen: Uint32Array, label: number) => [...chosen].filter((i) => labels[i] === label).length;
  const { chosen } = stratifiedChoice(labels, 5, new Random(1));
  // Shares are 3, 1.5 and 0.5: the first of the two equal remainders gets the fifth.
  expect([0, 1, 2].map((label) => count(chosen, label))).toEqual([3, 2, 0]);
});
