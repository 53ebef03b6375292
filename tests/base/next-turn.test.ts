import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nextTurn } from "../../src/base/next-turn";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each([
  ["Node.js", globalThis.setImmediate],
  ["a browser, which has no setImmediate", undefined],
])("the next turn of the event loop in %s", (_, immediate) => {
  it("comes after messages that wait", async () => {
    vi.stubGlobal("setImmediate", immediate);
    const { port1, port2 } = new MessageChannel();
    const told = vi.fn();
    port2.on("message", told);
    port1.postMessage("stop");
    for (let turn = 0; turn < 20 && told.mock.calls.length === 0; turn++) await nextTurn();
    expect(told).toHaveBeenCalledWith("stop");
    port1.close();
  });

  it("throws the reason of a signal that was aborted meanwhile", async () => {
    vi.stubGlobal("setImmediate", immediate);
    const controller = new AbortController();
    queueMicrotask(() => controller.abort(new Error("enough")));
    await expect(nextTurn(controller.signal)).rejects.toThrow("enough");
  });
});
