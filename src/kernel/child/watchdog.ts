import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { endProcesses, INTERRUPT, processTable } from "../processes";
import { endSelf } from "./end-self";
import { encodeFrame } from "./frames";
import { inspectorRelay } from "./inspector-relay";
import { guardMemory } from "./memory-guard";
import { BREAK_IN, WATCHDOG_FD } from "./protocol";
import { BREAKING, FREE, SharedState, seconds } from "./shared-state";

/** What the main thread says to its watchdog, and hears. */
export type ToWatchdog =
  | { readonly type: "expect"; readonly interrupt: number; readonly within: number }
  | { readonly type: "child"; readonly pid: number; readonly runs: boolean };
export type FromWatchdog = { readonly type: "ping"; readonly id: number } | { readonly type: "broke" };

const PING_MS = 40;
/** How long a step in native code may take, where somebody listens to SIGINT and will stop after it. */
const LISTENING_MS = 3000;
const STUBBORN_MS = 100;

// A thread of its own: it works when the main thread doesn't.
const port = parentPort as MessagePort;
const shared = (workerData as { shared: Int32Array }).shared;
const inspector = new Session();
inspector.connectToMainThread();

/** Processes that the main thread doesn't wait for. */
const children = new Set<number>();
let pings = 0;
let breaking = false;

/** Breaks the JavaScript of the main thread, unless it turns out to answer. */
async function breakIn(patience: number): Promise<void> {
  if (breaking) return;
  breaking = true;
  try {
    if (await answers(PING_MS)) return;
    const awaited = awaitedProcesses();
    if (awaited.length === 0 && patience > PING_MS && (await answers(patience))) return;
    // The order to break has to be there when the wait is over.
    const broken = terminate();
    if (awaited.length > 0) void endProcesses(awaited, { signals: INTERRUPT });
    await broken;
  } finally {
    breaking = false;
  }
}

/** The processes for whose end the main thread waits (execSync, spawnSync): no JavaScript can be broken before. */
function awaitedProcesses(): number[] {
  const age = ((seconds() - Atomics.load(shared, SharedState.began)) | 0) + 1;
  return processTable()
    .filter((each) => each.parent === process.pid && !children.has(each.pid) && each.age <= age)
    .map(({ pid }) => pid);
}

async function answers(patience: number): Promise<boolean> {
  const id = ++pings;
  tell({ type: "ping", id });
  for (let waited = 0; waited < patience; waited += 5) {
    await sleep(5);
    if (Atomics.load(shared, SharedState.pong) >= id) return true;
  }
  return false;
}

/** Ends all JavaScript on the main thread's stack, but never in the middle of a frame. */
async function terminate(): Promise<void> {
  Atomics.store(shared, SharedState.wanted, 1);
  while (Atomics.compareExchange(shared, SharedState.output, FREE, BREAKING) !== FREE) await sleep(1);
  Atomics.add(shared, SharedState.breaks, 1);
  await new Promise<void>((resolve) => inspector.post("Runtime.terminateExecution", () => resolve()));
  tell({ type: "broke" });
  Atomics.store(shared, SharedState.wanted, 0);
  Atomics.notify(shared, SharedState.wanted);
  Atomics.store(shared, SharedState.output, FREE);
  Atomics.notify(shared, SharedState.output);
}

/** After an interrupt, the cell must come to its end: a loop that catches everything doesn't. */
async function expectEnd({ interrupt, within }: Extract<ToWatchdog, { type: "expect" }>): Promise<void> {
  await sleep(within);
  while (Atomics.load(shared, SharedState.settled) < interrupt) {
    await breakIn(PING_MS);
    await sleep(STUBBORN_MS);
  }
}

function tell(message: FromWatchdog): void {
  port.postMessage(message);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

port.on("message", (message: ToWatchdog) => {
  if (message.type === "expect") void expectEnd(message);
  else if (message.runs) children.add(message.pid);
  else children.delete(message.pid);
});

const front = new Socket({ fd: WATCHDOG_FD, readable: true, writable: true });
const obey = inspectorRelay(inspector, (message) => front.write(encodeFrame({ type: "inspector", message })));
let unread = "";
front.setEncoding("utf8").on("data", (text: string) => {
  const lines = (unread + text).split("\n");
  unread = lines.pop()!;
  for (const line of lines) {
    if (line !== BREAK_IN) obey(line);
    else void breakIn(Atomics.load(shared, SharedState.listeners) > 0 ? LISTENING_MS : PING_MS);
  }
});
// The front is gone: nobody is left to end this process.
front.on("close", () => endSelf());
front.on("error", () => endSelf());

guardMemory((reason) => {
  try {
    writeSync(WATCHDOG_FD, encodeFrame({ type: "dying", reason }));
  } finally {
    // Memory is short: no patience.
    endSelf({ signals: ["SIGKILL"] });
  }
});
