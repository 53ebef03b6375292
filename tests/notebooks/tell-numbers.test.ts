import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { MEASURED_MIME } from "../../src/panels/measured";
import { problemsOfProse } from "./prose-numbers";

const folder = path.join(__dirname, "..", "..", "setup", "notebooks");
/** Any Python will do: the file needs its standard library alone. */
const SCRIPT = `
import json, sys
from types import SimpleNamespace
from tell_numbers import tell_numbers
class Cell(SimpleNamespace):
    get = lambda self, name, default: getattr(self, name, default)
given = json.load(sys.stdin)
code = Cell(cell_type="code", outputs=[{"data": {"${MEASURED_MIME}": given["measured"]}}])
texts = [Cell(cell_type="markdown", source=text) for text in given["texts"]]
tell_numbers(SimpleNamespace(cells=[texts[0], code, *texts[1:]]))
print(json.dumps([text.source for text in texts]))
`;

function toldAnew(texts: readonly string[], measured: object): string[] {
  const input = JSON.stringify({ texts, measured });
  return JSON.parse(execFileSync("python3", ["-c", SCRIPT], { input, cwd: folder, encoding: "utf8" })) as string[];
}

const measured = {
  accuracy: 0.7655,
  images: 12_345,
  half: 0.125,
  tiny: 1.26e-7,
  change: -0.5,
  none: -0.001,
  runs: { mean: 0.32, deviation: 0.0141 },
};

it("puts what was measured into the text, with the digits that it was told with", () => {
  const texts = [
    "**76.0 %**<!-- measured: accuracy -->, 1,000<!-- measured: images -->, 9<!-- measured: images -->",
    "0.12<!-- measured: half -->, `2.0e-7`<!-- measured: tiny -->, 0.25<!-- measured: change -->, 1.0<!-- measured: none -->",
    "准确率 30 ± 2 %<!-- measured: runs -->，30.1%<!-- measured: runs -->，100 张<!-- measured: images -->",
  ];
  const anew = toldAnew(texts, measured);
  expect(anew.map((text) => text.replace(/<!--.*?-->/g, ""))).toEqual([
    "**76.5 %**, 12,345, 12345",
    "0.13, `1.3e-7`, −0.50, 0.0",
    "准确率 32 ± 1 %，32.0%，12345 张",
  ]);
  expect(anew.flatMap((text) => problemsOfProse(text, measured))).toEqual([]);
  expect(toldAnew(anew, measured), "a second time changes nothing").toEqual(anew);
});

it("leaves what nobody measured, and what is told otherwise than it is measured", () => {
  const texts = ["5.0 %<!-- measured: other -->, 3 ± 1<!-- measured: accuracy -->, 4 epochs, `x = 5 % 3`"];
  expect(toldAnew(texts, measured)).toEqual(texts);
});
