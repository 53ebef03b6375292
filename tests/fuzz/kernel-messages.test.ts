import fc from "fast-check";
import { describe, expect, vi } from "vitest";
import { readConnection } from "../../src/kernel/front/connection";
import { History } from "../../src/kernel/front/history";
import type { Language } from "../../src/kernel/front/language";
import { type Message, type Outgoing, Wire } from "../../src/kernel/front/message";
import { KernelServer } from "../../src/kernel/front/server";
import type { RequestChannel } from "../../src/kernel/front/sockets";
import { KernelError } from "../../src/kernel/kernel-error";
import { damagedBytes } from "./damaged-bytes";
import { damagedJson, editedJson, type Json } from "./damaged-json";
import { checkPrototypes, checkRefusal, fuzz } from "./fuzz";
import { writeInMemory } from "./memory-files";

vi.mock("node:fs", async (original) => ({
  ...(await original<object>()),
  readFileSync: (await vi.importActual<typeof import("./memory-files")>("./memory-files")).readFileSync,
}));

const sockets = vi.hoisted(() => ({
  receive: undefined as ((channel: RequestChannel, message: Message) => void) | undefined,
  sent: [] as { channel: string; message: Outgoing }[],
}));
vi.mock("../../src/kernel/front/sockets", () => ({
  bindSockets: async (_: unknown, receive: (channel: RequestChannel, message: Message) => void) => {
    sockets.receive = receive;
    return {
      send: (channel: string, message: Outgoing) => sockets.sent.push({ channel, message }),
      flushed: async () => {},
      close: () => {},
    };
  },
}));

const TYPES = [
  "execute_request",
  "complete_request",
  "inspect_request",
  "is_complete_request",
  "history_request",
  "comm_info_request",
  "comm_open",
  "comm_msg",
  "comm_close",
  "connect_request",
  "kernel_info_request",
  "interrupt_request",
  "create_subshell_request",
  "delete_subshell_request",
  "list_subshell_request",
  "debug_request",
  "input_reply",
  "toString",
  "__proto__",
];
const headers = fc.record(
  {
    msg_id: fc.constantFrom("m1", "m2"),
    session: fc.constantFrom("s1", "s2"),
    username: fc.constant("u"),
    date: fc.constant("2026-01-01T00:00:00Z"),
    msg_type: fc.constantFrom(...TYPES),
    version: fc.constant("5.5"),
    subshell_id: fc.constantFrom(null, "none"),
  },
  { requiredKeys: ["msg_id", "session", "msg_type"] },
) as fc.Arbitrary<Json>;
const contents = fc.record(
  {
    code: fc.constantFrom("1 + 1", "", "é👍", "fail"),
    silent: fc.boolean(),
    store_history: fc.boolean(),
    stop_on_error: fc.constant(false),
    user_expressions: fc.constant({ a: "1", b: "2" }),
    allow_stdin: fc.boolean(),
    cursor_pos: fc.nat(9),
    detail_level: fc.nat(1),
    hist_access_type: fc.constantFrom("tail", "range", "search"),
    n: fc.nat(9),
    session: fc.integer({ min: -2, max: 2 }),
    start: fc.nat(3),
    stop: fc.nat(9),
    pattern: fc.constantFrom("*", "*1*1*1*1*1*1*1*1*1*1*1*1*x", "?*?*", "1 + 1", "[a"),
    unique: fc.boolean(),
    output: fc.boolean(),
    comm_id: fc.constantFrom("c1", "c2"),
    target_name: fc.constantFrom("t1", "jupyter.widget"),
    data: fc.constant({ method: "update", state: {} }),
    subshell_id: fc.constantFrom("x"),
    restart: fc.boolean(),
    value: fc.constant("typed"),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

const isKernelRefusal = (error: unknown) =>
  error instanceof KernelError || (error instanceof Error && error.constructor === Error);

const DELIMITER = Buffer.from("<IDS|MSG>");

describe("a message of whatever frames is dropped for a reason in one line, or is one", () => {
  const wire = new Wire("secret", "hmac-sha256");
  const bare = new Wire("", "hmac-sha256");
  const part = damagedJson(fc.oneof(headers, contents)).map((text) => Buffer.from(text));
  const parts = fc.tuple(
    damagedJson(headers).map((text) => Buffer.from(text)),
    part,
    part,
    part,
  );
  const extra = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map((data) => Buffer.from(data)),
      fc.constant(DELIMITER),
    ),
    { maxLength: 3 },
  );
  const frames = fc
    .tuple(extra, fc.constantFrom(Buffer.from(""), DELIMITER), parts, extra, fc.nat(9), fc.nat(20))
    .map(([before, signature, parts, after, dropped, kept]) => {
      const all = [...before, DELIMITER, signature, ...parts, ...after];
      if (dropped < 2) all.splice(dropped, 1);
      return kept < 7 ? all.slice(0, kept) : all;
    });
  const signed = headers.map((header) => wire.encode({ type: "x", content: header as Record<string, unknown> }));
  const forged = fc
    .tuple(signed, fc.nat(5), damagedBytes(fc.constant(Buffer.from('{"msg_id":"m","msg_type":"x"}'))))
    .map(([frames, at, data]) => frames.map((frame, i) => (i === at ? data : frame)));

  fuzz("frames of a message", fc.oneof(frames, forged), (frames) => {
    for (const each of [bare, wire]) {
      let message: Message;
      try {
        message = each.decode(frames);
      } catch (error) {
        checkRefusal(error, isKernelRefusal);
        continue;
      }
      expect(message.header.msg_type).toBeTypeOf("string");
      // With a key, nothing that another has signed.
      const at = frames.findIndex((frame) => frame.equals(DELIMITER));
      expect(message.identities.length).toBe(at);
      expect(message.buffers.length).toBe(frames.length - at - 6);
      // A reply goes back with it.
      each.encode({ type: "status", content: {}, parent: message.header, identities: message.identities });
    }
    checkPrototypes();
  });

  fuzz(
    "messages as they were written",
    fc.tuple(contents, fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 3 })),
    ([content, buffers]) => {
      const given = content as Record<string, unknown>;
      const message = wire.decode(wire.encode({ type: "x", content: given, buffers }));
      expect(message.content).toEqual(given);
      expect(message.buffers.map((buffer) => [...buffer])).toEqual(buffers.map((buffer) => [...buffer]));
    },
    { share: 0.1 },
  );
});

describe("a request of whatever content is answered", () => {
  const language: Language = {
    info: {
      implementation: "none",
      implementation_version: "0",
      banner: "",
      language_info: { name: "none", version: "0", mimetype: "text/plain", file_extension: ".txt" },
    },
    execute: async ({ code }) =>
      code === "fail"
        ? { status: "error", error: { ename: "Error", evalue: "no", traceback: [] } }
        : { status: "ok", result: null },
    complete: async (code, cursor) => ({ matches: [{ text: code, kind: "word" }], start: 0, end: cursor }),
    inspect: async (code) => ({ "text/plain": code }),
    isComplete: async () => ({ status: "complete" }),
    comm: async () => {},
    debug: async (content) => content,
  };
  // None that could be kept.
  process.env.VITLAB_HISTORY = "/proc/none/history.jsonl";
  const wire = new Wire("", "hmac-sha256");
  const requests = fc.tuple(
    editedJson(headers),
    editedJson(contents),
    fc.constantFrom<RequestChannel>("shell", "control", "stdin"),
  );

  fuzz("a kernel's requests", requests, async ([header, content, channel]) => {
    const failed: unknown[] = [];
    const fail = (error: unknown) => failed.push(error);
    process.on("unhandledRejection", fail);
    sockets.sent.length = 0;
    const server = new KernelServer(() => language);
    void server.serve({ key: "", signatureScheme: "hmac-sha256", addresses: {} as never });
    await Promise.resolve();
    let message: Message | undefined;
    try {
      message = wire.decode(["<IDS|MSG>", "", header, "{}", "{}", content].map((text) => Buffer.from(text)));
    } catch (error) {
      checkRefusal(error, isKernelRefusal);
    }
    if (message && message.header.msg_type !== "shutdown_request") {
      const { msg_id: id } = message.header;
      sockets.receive?.(channel, message);
      const isIdle = () =>
        sockets.sent.some(
          ({ message: { content, parent } }) =>
            parent?.msg_id === id && (content as Record<string, unknown>).execution_state === "idle",
        );
      for (let turn = 0; channel !== "stdin" && !isIdle() && turn < 200; turn++)
        await (turn < 20 ? undefined : new Promise((resolve) => setTimeout(resolve, turn - 20)));
      if (channel !== "stdin") expect(isIdle()).toBe(true);
      for (const { message } of sockets.sent) wire.encode(message);
      const refused = sockets.sent.find(({ message }) => (message.content as { evalue?: unknown }).evalue);
      if (refused) expect((refused.message.content as { evalue: string }).evalue).not.toMatch(/object|undefined|stack/);
    }
    process.off("unhandledRejection", fail);
    expect(failed).toEqual([]);
    checkPrototypes();
  });
});

describe("what the kernel reads at its start", () => {
  const connection = fc.constant<Json>({
    ip: "127.0.0.1",
    transport: "tcp",
    shell_port: 1,
    control_port: 2,
    iopub_port: 3,
    stdin_port: 4,
    hb_port: 5,
    key: "k",
    signature_scheme: "hmac-sha256",
    curve_publickey: "p",
    curve_secretkey: "s",
  });

  fuzz("a connection file", damagedJson(connection), (text) => {
    writeInMemory("connection.json", text);
    try {
      const { addresses, key } = readConnection("connection.json");
      expect(Object.values(addresses).every((address) => /^(tcp|ipc):\/\//.test(address))).toBe(true);
      expect(key).toBeTypeOf("string");
    } catch (error) {
      checkRefusal(error, isKernelRefusal);
    }
  });

  const line = damagedJson(fc.constantFrom<Json>([1, 1, "1 + 1"], [2, 7, "x"]));
  fuzz("a history", fc.tuple(fc.array(line, { maxLength: 5 }), editedJson(contents)), ([lines, request]) => {
    writeInMemory("history.jsonl", lines.join("\n"));
    const asked = JSON.parse(request);
    if (typeof asked !== "object" || asked === null) return;
    for (const [session, line, source] of new History("history.jsonl").find(asked)) {
      expect(Number.isSafeInteger(session) && Number.isSafeInteger(line)).toBe(true);
      expect(source).toBeTypeOf("string");
    }
  });
});
