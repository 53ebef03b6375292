import { StepFailed } from "./run-step.mjs";
import { listenToSignals } from "./terminal/signals.mjs";

/** Runs a program and ends with the exit code it returns; a failed step of set-up has already said why. */
export async function main(program) {
  listenToSignals();
  try {
    process.exit(await program());
  } catch (error) {
    if (!(error instanceof StepFailed)) console.log(`✗ ${process.env.VITLAB_DEBUG ? error.stack : error.message}`);
    process.exit(1);
  }
}
