import { type EndOptions, endProcessesNow } from "../processes";

/** Ends this process and all that it started: nobody is left to end them later. */
export function endSelf(options?: EndOptions): never {
  try {
    endProcessesNow([process.pid], options);
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
  throw new Error("A process went on after it was killed.");
}
