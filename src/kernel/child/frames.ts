import { encodeJson } from "../encode-json";
import type { FromChild } from "./protocol";

const U32 = 4;

/** One frame, see FromChild, in one piece. */
export function encodeFrame(head: FromChild, buffers: readonly Uint8Array[] = []): Buffer {
  const json = encodeJson(head);
  const size = U32 + json.length + buffers.reduce((sum, buffer) => sum + U32 + buffer.length, 0);
  const frame = Buffer.allocUnsafe(U32 + size);
  let at = frame.writeUInt32LE(size, 0);
  for (const part of [json, ...buffers]) {
    at = frame.writeUInt32LE(part.length, at);
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** Puts frames together from the chunks in which a pipe delivers them; each byte is copied at most once. */
export class FrameDecoder {
  readonly #onFrame: (head: FromChild, buffers: readonly Buffer[]) => void;
  readonly #size = Buffer.alloc(U32);
  #sizeFilled = 0;
  #body: Buffer | null = null;
  #bodyFilled = 0;

  constructor(onFrame: (head: FromChild, buffers: readonly Buffer[]) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#body) {
        const copied = chunk.copy(this.#size, this.#sizeFilled, at, at + U32 - this.#sizeFilled);
        this.#sizeFilled += copied;
        at += copied;
        if (this.#sizeFilled < U32) return;
        this.#sizeFilled = 0;
        const size = this.#size.readUInt32LE(0);
        if (at + size <= chunk.length) {
          this.#deliver(chunk.subarray(at, at + size));
          at += size;
          continue;
        }
        this.#body = Buffer.allocUnsafe(size);
        this.#bodyFilled = 0;
      }
      const copied = chunk.copy(this.#body, this.#bodyFilled, at);
      this.#bodyFilled += copied;
      at += copied;
      if (this.#bodyFilled < this.#body.length) return;
      const body = this.#body;
      this.#body = null;
      this.#deliver(body);
    }
  }

  #deliver(body: Buffer): void {
    const parts: Buffer[] = [];
    for (let at = 0; at < body.length; ) {
      const start = at + U32;
      const end = start + body.readUInt32LE(at);
      parts.push(body.subarray(start, end));
      at = end;
    }
    const [head, ...buffers] = parts;
    this.#onFrame(JSON.parse(head!.toString()) as FromChild, buffers);
  }
}
