// `npx vitlab setup`: the native engine, in whatever project vitlab is installed.

import { bringBeside } from "./beside.mjs";
import { alone, runStep, sentence } from "./run-step.mjs";
import { prepareNativeEngine } from "./steps/native-engine.mjs";
import { prepareOperations } from "./steps/operations.mjs";
import { listenToSignals } from "./terminal/signals.mjs";

/** Sets the native engine up, each step only where it is needed, and says what it does; resolves to whether it is there. */
export async function setUpEngine() {
  listenToSignals();
  try {
    return await alone(runSteps);
  } catch (error) {
    console.log(`✗ Set-up: ${sentence(error)}`);
    return false;
  }
}

async function runSteps() {
  const instead = "; the slower wasm engine is used";
  const there = await runStep("tfjs-node", installEngine, instead);
  const native = there && (await runStep("Native engine", prepareNativeEngine, instead));
  if (native) await runStep("Operations", prepareOperations, "; TensorFlow's own, several times slower, are used");
  return native !== undefined;
}

async function installEngine(report) {
  const [brought] = await bringBeside(["@tensorflow/tfjs-node"], { optional: true, report });
  return { text: brought ? `installed ${brought}` : "installed", value: true };
}
