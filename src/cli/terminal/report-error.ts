import { VitlabError } from "../../base/error";
import { plainLines, plainText } from "../../base/plain-text";

/** Prints a failure as one line on stderr, and makes the process end with exit code 1. */
export function reportError(error: unknown): void {
  process.exitCode = 1;
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, "; ");
  const debug = Boolean(process.env.VITLAB_DEBUG);
  const hint = error instanceof VitlabError || debug ? "" : " (unexpected: VITLAB_DEBUG=1 shows where it came from)";
  process.stderr.write(`error: ${plainText(message)}${hint}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${plainLines(error.stack ?? "")}\n`);
}
