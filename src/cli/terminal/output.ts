import { VitlabError } from "../../base/error";
import { plainJson, plainText } from "../../base/plain-text";
import { reportError } from "./report-error";

/** Prints a line for people on stdout: text of others in it does nothing to the terminal, and starts no line of its own. */
export function printLine(text: string): void {
  console.log(plainText(text));
}

/** The same on stderr. */
export function noteLine(text: string): void {
  process.stderr.write(`${plainText(text)}\n`);
}

/** Prints one JSON object on stdout, as one line. */
export function printJson(value: unknown): void {
  console.log(plainJson(value));
}

/** What prints lines for people: on stdout, or on stderr where stdout is for JSON. */
export function lineFor(json: boolean | undefined): (text: string) => void {
  return json ? noteLine : printLine;
}

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
