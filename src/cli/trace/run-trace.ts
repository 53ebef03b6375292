import { VitlabError } from "../../base/error";
import { SafetensorsFile } from "../../base/node/safetensors-file";
import { hubTrace } from "../../hub/hub-trace";
import { saveSafetensors } from "../../hub/safetensors-file";
import type { StateDict } from "../../nn/module";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import { tf } from "../../tensor/tf";
import { openModel } from "../inputs/open-model";
import { printLine } from "../terminal/output";

/** The options of `vitlab trace`. */
export interface TraceArguments {
  interpolatePositions?: boolean;
  engine?: EngineName;
}

/** Writes what a model computes of the images in a safetensors file. */
export async function runTrace(folder: string, input: string, output: string, args: TraceArguments): Promise<void> {
  printLine(describeEngine(await useEngine(args.engine, { quiet: true })));
  const notes: string[] = [];
  const { model, imageSize, newHead } = await openModel(folder, (text) => notes.push(text));
  if (newHead) printLine(`${folder} has no trained head: logits, which would be random, are left out`);
  else for (const note of notes) printLine(note);
  const { shape, data } = await readPixels(input);
  const pixels = tf.tensor(data, [...shape], "float32");
  const { logits, ...inner } = hubTrace(model, pixels, { interpolatePositions: args.interpolatePositions, imageSize });
  const trace: StateDict = newHead || !logits ? inner : { logits, ...inner };
  pixels.dispose();
  await saveSafetensors(output, trace);
  const names = Object.keys(trace);
  printLine(`wrote ${output}: ${names.length} tensors, ${names[0]} to ${names.at(-1)}`);
}

async function readPixels(input: string) {
  const file = await SafetensorsFile.open(input);
  try {
    if (!file.entry("pixel_values"))
      throw new VitlabError(
        `${input} has no tensor pixel_values: give the images as [batch, channels, height, width], values in [-1, 1]`,
      );
    return await file.read("pixel_values");
  } finally {
    await file.close();
  }
}
