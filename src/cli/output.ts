import { VitlabError } from "../tensor/error";
import { reportError } from "./report-error";

let stop: (() => void) | null = null;

/** Ends the process in order when stdout takes no more: at once, or as `onOutputLost` says; a lost stderr is no matter. */
export function guardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (stop) {
      process.exitCode = 1;
      stop();
    } else if (error.code === "EPIPE") {
      // Whoever reads our output may stop reading: `vitlab … | head`.
      process.exit(0);
    } else {
      reportError(new VitlabError(`the output could not be written: ${reasonOf(error)}`));
      process.exit(1);
    }
  });
  process.stderr.on("error", () => {});
}

/** Has work that is worth saving stopped instead of lost when stdout takes no more; returns how to end that. */
export function onOutputLost(stopWork: () => void): () => void {
  stop = stopWork;
  return () => {
    stop = null;
  };
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === "ENOSPC" ? "the disk is full; free some space or write elsewhere" : message;
}
