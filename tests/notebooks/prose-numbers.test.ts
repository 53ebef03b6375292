import { expect, it } from "vitest";
import { measured } from "../../src/panels/measured";
import { problemsOfProse } from "./prose-numbers";

const { values } = measured({
  accuracy: 0.6741,
  images: 2000,
  difference: 0.00000012,
  runs: [0.31, 0.33],
  change: -0.5,
});
const problems = (text: string) => problemsOfProse(text, values);

it("takes numbers that a cell measured, with the digits they are told in", () => {
  expect(
    problems(
      "It knows **67.4 %**<!-- measured: accuracy --> of 2,000<!-- measured: images --> images (2000<!-- measured: images -->), " +
        "off by 1.2e-7<!-- measured: difference -->; others 32.0 ± 1.4 %<!-- measured: runs -->, changed by −0.50<!-- measured: change -->.",
    ),
  ).toEqual([]);
});

it("takes the same in Chinese", () => {
  expect(problems("准确率为 67%<!-- measured: accuracy -->，共 2,000 张<!-- measured: images -->图像。")).toEqual([]);
});

it("leaves settings alone, and what is code", () => {
  expect(problems("Patches of 4 x 4, 5 epochs, `100 %`, and\n```python\nx = 5 % 3\n```")).toEqual([]);
});

it("refuses a number with % or ± that has no mark", () => {
  expect(problems("It knows 67.4 % of them, 3 ± 1.")).toEqual([
    '"67.4 %" has no <!-- measured: … -->',
    '"3 ± 1" has no <!-- measured: … -->',
  ]);
});

it("refuses a number that isn't what was measured, and a name that nobody measured", () => {
  expect(
    problems("67.5 %<!-- measured: accuracy -->, 32.0 ± 1.0 %<!-- measured: runs -->, 1<!-- measured: other -->"),
  ).toEqual([
    "accuracy is told as 67.5, but is 67.4",
    "runs is told as 32.0 ± 1.0, but is 32.0 ± 1.4",
    "no cell measures other",
  ]);
  expect(problems("67.4 ± 1 %<!-- measured: accuracy -->")).toEqual(["accuracy is one number, without ±"]);
  expect(problems("most of them<!-- measured: accuracy -->")).toEqual(["1 marks stand behind no number"]);
});
