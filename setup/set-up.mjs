import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { stampFolder } from "./paths.mjs";
import { SetupError } from "./setup-error.mjs";
import { build } from "./steps/build.mjs";
import { checkData } from "./steps/data.mjs";
import { writeKernelspecs } from "./steps/kernelspec.mjs";
import { linkPackage } from "./steps/links.mjs";
import { prepareNativeEngine } from "./steps/native-engine.mjs";
import { checkNodeVersion } from "./steps/node-version.mjs";
import { prepareOperations } from "./steps/operations.mjs";
import { installPackages } from "./steps/packages.mjs";
import { preparePython } from "./steps/python.mjs";
import { showStep } from "./terminal/progress.mjs";

/**
 * Everything between a fresh clone and a running notebook, each step only where it is needed. Returns `{ python }`, the
 * interpreter of `.venv`, undefined without JupyterLab; ends the program with exit code 1 where it cannot go on.
 */
export async function setUp() {
  return withLock(join(stampFolder, "lock"), runSteps, (who) => console.log(`  ${waitingFor(who)}`));
}

/** Whom a set-up waits for, and what to do if nobody is there. */
export function waitingFor({ pid, host }) {
  const who = pid === undefined ? "an unknown process" : `process ${pid}${host ? ` on ${host}` : ""}`;
  return `another set-up of this folder is at work (${who}); waiting for it … remove .setup/lock if that is not so`;
}

async function runSteps() {
  await needed("Node", checkNodeVersion);
  await needed("Node packages", installPackages);
  const python = await wanted("Python", preparePython);
  const native = await wanted("Native engine", prepareNativeEngine, "; the slower wasm engine is used");
  if (native) await wanted("Operations", prepareOperations, "; TensorFlow's own, several times slower, are used");
  await needed("Build", build);
  await needed("Links", linkPackage);
  await wanted("Kernel", () => writeKernelspecs({ hasJupyter: python !== undefined }));
  await wanted("Data", checkData);
  return { python };
}

/** A step without which nothing works. */
function needed(title, step) {
  return attempt(title, step, (report, error) => {
    report.end("✗", sentence(error));
    throw new StepFailed(title);
  });
}

/** A step whose failure leaves the rest usable; `instead` says what takes its place. */
function wanted(title, step, instead = "") {
  return attempt(title, step, (report, error) => report.end("–", `${sentence(error)}${instead}`));
}

/** Takes a step, with its line on the terminal, and resolves to what it found; `failed` says what its failure means. */
async function attempt(title, step, failed) {
  const report = showStep(title);
  try {
    const { text, value, mark = "✓" } = await step(report);
    report.end(mark, text);
    return value;
  } catch (error) {
    failed(report, error);
  }
}

/** A step has failed and has said so. */
export class StepFailed extends Error {}

function sentence(error) {
  if (error instanceof SetupError) return error.message;
  if (error.code === "ENOSPC") return `the disk is full (${error.path ?? error.message}): make room and start again`;
  if (error.code === "EACCES" || error.code === "EROFS")
    return `no permission to write ${error.path}: change its owner or mode and start again`;
  return process.env.VITLAB_DEBUG ? error.stack : `${error.message}; start again with VITLAB_DEBUG=1 for the details`;
}
