import { expect, it, vi } from "vitest";
import type { Language } from "../../../src/kernel/front/language";
import { type Message, type Outgoing, Wire } from "../../../src/kernel/front/message";
import { KernelServer } from "../../../src/kernel/front/server";
import type { RequestChannel } from "../../../src/kernel/front/sockets";

const sockets = vi.hoisted(() => ({
  receive: undefined as ((channel: RequestChannel, message: Message) => void) | undefined,
  sent: [] as Outgoing[],
}));
vi.mock("../../../src/kernel/front/sockets", () => ({
  bindSockets: async (_: unknown, receive: (channel: RequestChannel, message: Message) => void) => {
    sockets.receive = receive;
    return {
      send: (_: string, message: Outgoing) => sockets.sent.push(message),
      flushed: async () => {},
      close: () => {},
    };
  },
}));

const comm = vi.fn(async () => {});
const info = { implementation: "", implementation_version: "", banner: "", language_info: {} as never };
const language: Language = {
  info,
  execute: async () => ({ status: "ok", result: null }),
  isComplete: async () => ({ status: "complete" }),
  comm,
};
const wire = new Wire("", "hmac-sha256");

async function ask(type: string, content: unknown): Promise<Record<string, unknown> | undefined> {
  const parts = [{ msg_id: "1", msg_type: type }, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
  sockets.sent.length = 0;
  sockets.receive?.("shell", wire.decode([Buffer.from("<IDS|MSG>"), Buffer.from(""), ...parts]));
  await vi.waitFor(() => expect(sockets.sent.at(-1)?.content).toMatchObject({ execution_state: "idle" }));
  return sockets.sent.find((message) => message.type.endsWith("_reply"))?.content as
    | Record<string, unknown>
    | undefined;
}

it("a request without meaning is answered, and leaves nothing behind", async () => {
  const server = new KernelServer(() => language);
  void server.serve({ key: "", signatureScheme: "", addresses: {} as never });
  await Promise.resolve();
  for (const type of ["complete_request", "inspect_request", "is_complete_request"])
    expect(await ask(type, { code: { toString: 1 } })).toMatchObject({ evalue: "the request's code is no text" });
  // A comm whose name is no text would be listed for ever.
  expect(await ask("comm_open", { comm_id: { toString: 1 }, target_name: "t" })).toBeUndefined();
  expect(comm).not.toHaveBeenCalled();
  expect(await ask("comm_info_request", {})).toEqual({ status: "ok", comms: {} });
  await ask("comm_open", { comm_id: "c", target_name: "t" });
  expect(await ask("comm_info_request", {})).toEqual({ status: "ok", comms: { c: { target_name: "t" } } });
});
