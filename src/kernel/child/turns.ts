import { MessageChannel } from "node:worker_threads";

const { port1, port2 } = new MessageChannel();
const callbacks: (() => void)[] = [];

port2.on("message", () => callbacks.shift()!());

/** Calls `callback` in a turn of the event loop of its own: when its JavaScript is broken, nothing else is. */
export function nextTurn(callback: () => void): void {
  callbacks.push(callback);
  port1.postMessage(null);
}
