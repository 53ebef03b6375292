import { join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { stampFolder } from "./paths.mjs";
import { SetupError } from "./setup-error.mjs";
import { showStep } from "./terminal/progress.mjs";

/**
 * Takes a step whose failure leaves the rest usable, with its line on the terminal; resolves to what it found, or to
 * undefined where it failed. `instead` says what takes its place.
 */
export function runStep(title, step, instead = "") {
  return attempt(title, step, (report, error) => report.end("–", `${sentence(error)}${instead}`));
}

/** Takes a step without which nothing works: where it fails, a `StepFailed` ends the rest. */
export function runNeededStep(title, step) {
  return attempt(title, step, (report, error) => {
    report.end("✗", sentence(error));
    throw new StepFailed(title);
  });
}

/** A step has failed and has said so. */
export class StepFailed extends Error {}

/** Runs `work` while no other set-up of this folder runs, and says where it waits for one. */
export function alone(work) {
  return withLock(join(stampFolder, "lock"), work, (who) => console.log(`  ${waitingFor(who)}`));
}

/** Whom a set-up waits for, and what to do if nobody is there. */
export function waitingFor({ pid, host }) {
  const who = pid === undefined ? "an unknown process" : `process ${pid}${host ? ` on ${host}` : ""}`;
  return `another set-up of this folder is at work (${who}); waiting for it … remove ${relative(process.cwd(), join(stampFolder, "lock"))} if that is not so`;
}

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

/** What went wrong, in a sentence. */
export function sentence(error) {
  if (error instanceof SetupError) return error.message;
  if (error.code === "ENOSPC") return `the disk is full (${error.path ?? error.message}): make room and start again`;
  if (error.code === "EACCES" || error.code === "EROFS")
    return `no permission to write ${error.path}: change its owner or mode and start again`;
  return process.env.VITLAB_DEBUG ? error.stack : `${error.message}; start again with VITLAB_DEBUG=1 for the details`;
}
