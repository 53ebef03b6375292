import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import promises from "node:timers/promises";
import { promisify } from "node:util";
import { type Context, currentContext, enterContext, knownContext } from "./context";
import { clearQueuedImmediate, queueImmediate } from "./immediates";

type Callback = (...args: unknown[]) => unknown;
type Schedule = (callback: Callback, ...args: unknown[]) => unknown;
type Sleep = (...args: unknown[]) => Promise<unknown>;

/** The function itself, for the kernel: nothing stops its own timers. */
export const { setTimeout } = globalThis;

/**
 * Has timers, ticks and microtasks run in the context that made them, and not at all when that context is over: that
 * ends loops in libraries, too.
 */
export function carryContextThroughTimers(): void {
  Object.assign(globalThis, { setImmediate: queueImmediate, clearImmediate: clearQueuedImmediate });
  Object.assign(timers, { clearImmediate: clearQueuedImmediate });
  for (const name of ["setTimeout", "setInterval", "setImmediate"] as const) {
    const carried = carry(globalThis[name] as Schedule, currentContext);
    const sleep = name === "setInterval" ? undefined : carrySleep(promises[name] as unknown as Sleep);
    if (sleep) {
      Object.assign(promises, { [name]: sleep });
      Object.defineProperty(carried, promisify.custom, { get: () => sleep, enumerable: true, configurable: true });
    }
    Object.assign(globalThis, { [name]: carried });
    Object.assign(timers, { [name]: carried });
  }
  globalThis.queueMicrotask = carry(queueMicrotask as Schedule, knownContext) as typeof queueMicrotask;
  // Node.js itself uses process.nextTick, outside of every cell as well.
  process.nextTick = carry(process.nextTick as Schedule, knownContext) as typeof process.nextTick;
  syncBuiltinESMExports();
}

function carry(schedule: Schedule, owner: () => Context | null): Schedule {
  return function (this: unknown, callback, ...args) {
    const context = owner();
    if (!context || context.state === "over" || typeof callback !== "function") {
      return schedule.call(this, callback, ...args);
    }
    const run = function (this: unknown, ...given: unknown[]) {
      // An interval would come again and again.
      if (context.state === "over") return clearTimeout(this as NodeJS.Timeout);
      enterContext(context);
      callback.apply(this, given);
    };
    return schedule.call(this, run, ...args);
  };
}

function carrySleep(sleep: Sleep): Sleep {
  return (...args) => {
    const context = currentContext();
    return new Promise((resolve, reject) => {
      sleep(...args).then((value) => {
        if (context.state === "over") return;
        enterContext(context);
        resolve(value);
      }, reject);
    });
  };
}
