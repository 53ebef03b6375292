// `npx vitlab setup`: the native engine, in whatever project vitlab is installed.

import { join } from "node:path";
import { installBeside, missingBeside } from "./beside.mjs";
import { withLock } from "./lock.mjs";
import { stampFolder } from "./paths.mjs";
import { runStep, sentence, waitingFor } from "./run-step.mjs";
import { prepareNativeEngine } from "./steps/native-engine.mjs";
import { prepareOperations } from "./steps/operations.mjs";
import { listenToSignals } from "./terminal/signals.mjs";

/** Sets the native engine up, each step only where it is needed, and says what it does; resolves to whether it is there. */
export async function setUpEngine() {
  listenToSignals();
  try {
    return await withLock(join(stampFolder, "lock"), runSteps, (who) => console.log(`  ${waitingFor(who)}`));
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
  const missing = missingBeside(["@tensorflow/tfjs-node"]);
  if (missing.length > 0) await installBeside(missing, { optional: true, report });
  return { text: missing.length > 0 ? `installed ${missing[0]}` : "installed", value: true };
}
