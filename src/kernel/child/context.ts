import type { ParentId } from "../jupyter";
import type { Capture } from "./capture";
import { queueImmediate } from "./immediates";
import { SharedState, seconds, shared } from "./shared-state";

/**
 * Where a piece of running JavaScript comes from: a cell, or a comm message. It is handed on by hand, from a cell to its
 * timers and through its awaits. (AsyncLocalStorage would do it by itself, but on Node.js 20 it makes the termination of
 * JavaScript trip a check that ends the process.)
 */
export interface Context {
  readonly parent: ParentId;
  /** The `msg_id` of the request that runs it. */
  readonly requestId: string;
  /** What the front end calls its cell, where it says so. */
  readonly cellId: string | undefined;
  readonly allowStdin: boolean;
  readonly abort: AbortController;
  /** Where its output goes as long as `%%capture` holds, and what of it is shown nevertheless. */
  captured?: Capture;
  /** What `display` was given and is still being drawn: the cell isn't over before it is shown. */
  readonly displays: Set<Promise<void>>;
  /** Each rejects an await that is under way. */
  readonly waiters: Set<() => void>;
  /**
   * - `running`
   * - `settling`: interrupted; awaits under way may still be fulfilled, new ones reject
   * - `interrupted`: every await rejects
   * - `over`: nothing of it runs any more, neither timers nor what comes after an await
   */
  state: "running" | "settling" | "interrupted" | "over";
}

export function createContext(parent: ParentId, requestId: string, allowStdin: boolean, cellId?: string): Context {
  Atomics.store(shared, SharedState.began, seconds());
  return {
    parent,
    requestId,
    cellId,
    allowStdin,
    abort: new AbortController(),
    displays: new Set(),
    waiters: new Set(),
    state: "running",
  };
}

let current: Context | null = null;
let latest: Context = createContext(0, "", false);
let leaving = false;

/** The context that runs now, or null where it isn't known. */
export function knownContext(): Context | null {
  return current;
}

/** The context that runs now; where it isn't known, that of the latest cell. */
export function currentContext(): Context {
  return current ?? latest;
}

/** The context of the cell that started last, to which everything of unknown origin is counted. */
export function startCellContext(context: Context): void {
  latest = context;
}

/** Continues in `context` until this turn of the event loop is over. */
export function enterContext(context: Context): void {
  current = context;
  if (leaving) return;
  leaving = true;
  queueImmediate(leaveContext);
}

/** Belongs to no context from here on. */
export function leaveContext(): void {
  current = null;
  leaving = false;
}

/** Ends a context: nothing of it runs any more. */
export function endContext(context: Context): void {
  context.state = "over";
  context.waiters.clear();
  if (current === context) current = null;
}
