import { encodeJson } from "../encode-json";
import { keeperOf } from "./capture";
import { currentContext } from "./context";
import { send } from "./output-pipe";

export interface Publication {
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
  readonly comm?: { readonly id: string; readonly target?: string };
}

/** Sends a message of type `kind` to all front ends, as part of what runs now. Throws when `content` is no JSON. */
export function publish(kind: string, content: Record<string, unknown>, options: Publication = {}): void {
  const { metadata = {}, buffers = [], comm } = options;
  const { parent, captured } = currentContext();
  if (keeperOf(captured, "display")?.keep(kind, content)) return;
  let json: Buffer;
  try {
    json = encodeJson(content);
  } catch (error) {
    throw new TypeError(`What a notebook is sent must be JSON: ${(error as Error).message}`);
  }
  send({ type: "publish", parent, kind, metadata, ...(comm ? { comm } : {}) }, [json, ...buffers.map(bytes)]);
}

function bytes(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}
