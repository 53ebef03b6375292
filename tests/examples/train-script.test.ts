// The example of a training as a person runs it: stopped by Ctrl-C, started again, and its model opened by others.

import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { pickClasses } from "../../src/data/pick-classes";
import { shapes } from "../../src/data/shapes";
import { writeImageFolder } from "../../src/data/write-image-folder";
import { loadModel } from "../../src/recipes/load-model";
import { temporaryFolder } from "../data/helpers";
import { exampleCode, Watched } from "./watched";

/** Runs the script to its end, or to Ctrl-C after an epoch; what it printed. */
async function train(photos: string, out: string, { stopAfter }: { stopAfter?: number } = {}): Promise<string> {
  const given = [photos, out, 6].map((argument) => JSON.stringify(argument)).join(", ");
  const script = new Watched(`${exampleCode("train-script")}; exports.main(${given});`);
  const ended = once(script.process, "close");
  let stopped = false;
  script.process.stdout?.on("data", () => {
    // Once: a second Ctrl-C ends the process at once.
    if (stopAfter === undefined || stopped || !script.output.includes(`epoch ${stopAfter}: `)) return;
    stopped = script.process.kill("SIGINT");
  });
  expect(await ended, script.output).toEqual([0, null]);
  return script.output;
}

const epochsIn = (output: string) =>
  [...output.matchAll(/^epoch (\d+): loss [\d.]+$/gm)].map(([, epoch]) => Number(epoch));

it("a training on a folder of photographs is stopped, goes on, and leaves a model that names them", async () => {
  const dir = temporaryFolder();
  const photos = path.join(dir, "photos");
  const out = path.join(dir, "out");
  await writeImageFolder(pickClasses(shapes({ count: 600, seed: 1, version: 1 }), ["airplane", "cat", "frog"]), photos);
  mkdirSync(path.join(photos, "cat"), { recursive: true });
  writeFileSync(path.join(photos, "cat", "broken.jpg"), "no picture");

  const first = await train(photos, out, { stopAfter: 1 });
  expect(first).toMatch(/3 classes \(airplane, cat, frog\).*left out 1 of 181 pictures/);
  expect(epochsIn(first)[0]).toBe(1);
  expect(epochsIn(first).length).toBeLessThan(6);
  expect(first).not.toContain("named rightly");

  const second = await train(photos, out);
  expect(second).toContain("going on with the run in");
  expect(second).toMatch(/ % of 27 photographs named rightly that it never saw\n.*: (airplane|cat|frog), [01]\.\d\d\n/);

  expect(readdirSync(path.join(out, "model")).sort()).toEqual([
    "config.json",
    "model.safetensors",
    "preprocessor_config.json",
  ]);
  const { model, classNames, imageProcessor } = await loadModel(path.join(out, "model"), { trainedHead: true });
  expect(classNames).toEqual(["airplane", "cat", "frog"]);
  expect(imageProcessor?.().config).toMatchObject({ size: { height: 32, width: 32 } });
  model.dispose();

  // Run once more it trains no further, and answers the same.
  const answer = (output: string) => output.slice(output.indexOf(" % of 27") - 4, output.indexOf("tensors left"));
  expect(answer(await train(photos, out))).toBe(answer(second));
}, 120_000);
