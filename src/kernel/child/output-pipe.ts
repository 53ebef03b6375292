import { writeSync } from "node:fs";
import { endSelf } from "./end-self";
import { encodeFrame } from "./frames";
import { type FromChild, OUTPUT_FD } from "./protocol";
import { FREE, SharedState, shared, WRITING } from "./shared-state";

/** Sends a frame to the front; returns when it is written. */
export function send(head: FromChild, buffers: readonly Uint8Array[] = []): void {
  const frame = encodeFrame(head, buffers);
  // The watchdog gets its turn, and ends this stack here; a flood of output would otherwise never let go.
  if (Atomics.load(shared, SharedState.wanted) === 1) Atomics.wait(shared, SharedState.wanted, 1, 1000);
  for (;;) {
    const holder = Atomics.compareExchange(shared, SharedState.output, FREE, WRITING);
    if (holder === FREE) break;
    Atomics.wait(shared, SharedState.output, holder);
  }
  try {
    writeAll(OUTPUT_FD, frame);
  } finally {
    Atomics.store(shared, SharedState.output, FREE);
    Atomics.notify(shared, SharedState.output);
  }
}

/** Writes all of `bytes`; ends the process when nobody reads any more. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") endSelf();
      if (code !== "EAGAIN") throw error;
      Atomics.wait(sleeper, 0, 0, 1);
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
