import { expect, it } from "vitest";
import { type ExecutionHost, ExecutionQueue } from "../../../src/kernel/front/execution";
import type { Message } from "../../../src/kernel/front/message";

function request(content: Record<string, unknown>): Message {
  const header = { msg_id: "1", session: "s", username: "", date: "", msg_type: "execute_request", version: "5.5" };
  return { identities: [], header, parent: {}, metadata: {}, content, buffers: [] };
}

it("a cell that is no text is refused, and the next one runs", async () => {
  const replies: Record<string, unknown>[] = [];
  const ran: string[] = [];
  const drained = new Promise<void>((resolve) => {
    const host: ExecutionHost = {
      run: async (code) => {
        ran.push(code);
        return { status: "ok", result: null };
      },
      publish: () => {},
      busy: () => {},
      idle: () => {},
      reply: (_, content) => replies.push(content),
      remember: () => {},
      payloads: () => [],
      drained: resolve,
    };
    const queue = new ExecutionQueue(host, { next: 1 });
    queue.add(request({ code: { toString: 1 } }));
    queue.add(request({ code: "2", user_expressions: { a: "3", b: {} } }));
  });
  await drained;
  expect(ran).toEqual(["2", "3"]);
  expect(replies).toMatchObject([
    { status: "error", evalue: "the request's code is no text" },
    { status: "ok", user_expressions: { a: { status: "ok" }, b: { evalue: "the request's b is no text" } } },
  ]);
});
