import type { ExplorerView } from "../explorer-view";

/** Bytes as they come from a kernel, or the array that they were. */
type Bytes = ArrayBufferView | ArrayBuffer;

/** An answer as a notebook gets it from its kernel: arrays of numbers as bytes; null where there is none yet. */
export function readView(sent: unknown): ExplorerView | null {
  const view = sent as ExplorerView | null;
  if (!view?.state) return null;
  return {
    ...view,
    pixels: bytes(view.pixels),
    answers: floats(view.answers),
    unedited: floats(view.unedited),
    attention: floats(view.attention),
    lens: floats(view.lens),
    stream: floats(view.stream),
    lengths: floats(view.lengths),
    part: view.part && {
      ...view.part,
      vectors: view.part.vectors.map(({ label, values }) => ({ label, values: floats(values) })),
    },
  };
}

export function bytes(sent: Bytes): Uint8Array {
  return sent instanceof ArrayBuffer
    ? new Uint8Array(sent)
    : new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength);
}

/** A copy: bytes within a message may start anywhere, numbers only at a multiple of four. */
function floats(sent: Bytes): Float32Array {
  return new Float32Array(bytes(sent).slice().buffer);
}
