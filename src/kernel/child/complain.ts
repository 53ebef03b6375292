import { describeError } from "./traceback";

/** Tells of an error that nobody waits for. */
export function complain(error: unknown): void {
  process.stderr.write(`${describeError(error).traceback.join("\n")}\n`);
}
