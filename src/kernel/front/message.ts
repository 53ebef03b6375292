import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { isDeeper } from "../../base/is-deeper";
import { encodeJson } from "../encode-json";

/** The protocol version that the kernel speaks; 5.5 brought iopub_welcome. */
export const PROTOCOL_VERSION = "5.5";

/** As many as jupyter_client remembers. */
const MOST_SIGNATURES = 65_536;
const DEEPEST = 500;
const DELIMITER = Buffer.from("<IDS|MSG>");

export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
  /** The subshell that a request is for; none is the kernel's own. */
  readonly subshell_id?: string | null;
}

export interface Message {
  /** Where a reply goes: the routing prefix of the ROUTER socket. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly metadata: Record<string, unknown>;
  readonly content: Record<string, unknown>;
  readonly buffers: readonly Buffer[];
}

export interface Outgoing {
  readonly type: string;
  /** An object, or JSON that is ready to send. */
  readonly content: Record<string, unknown> | Buffer;
  readonly parent?: Partial<Header>;
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly Uint8Array[];
  /** The frames before the delimiter: identities of the client, or the topic on iopub. */
  readonly identities?: readonly Buffer[];
}

/** Signs, writes and reads messages of the Jupyter protocol ("The wire protocol" in jupyter_client's documentation). */
export class Wire {
  readonly #algorithm: string;
  readonly #session = randomUUID();
  readonly #seen = new Set<string>();

  /** `scheme` as in the connection file, e.g. `hmac-sha256`; an empty key switches signing off. */
  constructor(
    private readonly key: string,
    scheme: string,
  ) {
    this.#algorithm = scheme.replace(/^hmac-/, "");
  }

  encode(message: Outgoing): Buffer[] {
    const header: Header = {
      msg_id: randomUUID(),
      session: this.#session,
      username: "kernel",
      date: new Date().toISOString(),
      msg_type: message.type,
      version: PROTOCOL_VERSION,
    };
    const signed = [
      encodeJson(header),
      encodeJson(message.parent ?? {}),
      encodeJson(message.metadata ?? {}),
      Buffer.isBuffer(message.content) ? message.content : encodeJson(message.content),
    ];
    const buffers = (message.buffers ?? []).map((b) => Buffer.from(b.buffer, b.byteOffset, b.byteLength));
    return [...(message.identities ?? []), DELIMITER, Buffer.from(this.#sign(signed)), ...signed, ...buffers];
  }

  /**
   * Reads the frames of one message. Throws when it isn't one: no delimiter, too few frames, a wrong signature, no
   * JSON. The signature covers header, parent, metadata and content; buffers are not signed.
   */
  decode(frames: readonly Buffer[]): Message {
    const at = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (at < 0) throw new Error("a message without <IDS|MSG>");
    const signed = frames.slice(at + 2, at + 6);
    if (signed.length < 4) throw new Error(`a message of ${frames.length} frames where at least 6 were expected`);
    if (this.key) this.#checkSignature(frames[at + 1]!, signed);
    const [header, parent, metadata, content] = signed.map(object);
    if (typeof header!.msg_type !== "string" || typeof header!.msg_id !== "string") {
      throw new Error("a message without msg_id or msg_type in its header");
    }
    if (header!.subshell_id != null && typeof header!.subshell_id !== "string") {
      throw new Error("a message with a subshell_id that is no text");
    }
    return {
      identities: frames.slice(0, at),
      header: header as unknown as Header,
      parent: parent!,
      metadata: metadata!,
      content: content!,
      buffers: frames.slice(at + 6),
    };
  }

  /** A signature is good once: who records a message can't have it executed again. */
  #checkSignature(signature: Buffer, signed: readonly Buffer[]): void {
    const expected = this.#sign(signed);
    if (!sameText(signature, expected)) throw new Error("a message with a wrong signature");
    if (this.#seen.has(expected)) throw new Error("a message that came before");
    this.#seen.add(expected);
    if (this.#seen.size > MOST_SIGNATURES) this.#seen.delete(this.#seen.values().next().value!);
  }

  #sign(frames: readonly Buffer[]): string {
    if (!this.key) return "";
    const hmac = createHmac(this.#algorithm, this.key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest("hex");
  }
}

function object(frame: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString());
  } catch {
    // Falls through to the one message: what JSON.parse says quotes the frame, of whatever lines.
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error("a message with a part that is no JSON object");
  }
  // A header goes back with every answer, and what is nested deeper can be read, but not written.
  if (isDeeper(value, DEEPEST)) throw new Error(`a message with a part that is nested more than ${DEEPEST} deep`);
  return value as Record<string, unknown>;
}

function sameText(frame: Buffer, text: string): boolean {
  const expected = Buffer.from(text);
  return frame.length === expected.length && timingSafeEqual(frame, expected);
}
