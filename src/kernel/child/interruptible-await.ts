import { AWAIT, ITERATE, RESUME } from "../compiler/protocol";
import { type Context, currentContext, enterContext } from "./context";
import { defineGlobals } from "./define-globals";
import { KeyboardInterrupt } from "./keyboard-interrupt";

interface Settled {
  readonly context: Context;
  readonly state: "fulfilled" | "rejected" | "interrupted";
  readonly value?: unknown;
}

/** Defines what the compiler makes of `await` and `for await`, so that an interrupt ends them. */
export function defineInterruptibleAwait(): void {
  defineGlobals({
    [AWAIT]: (value: unknown) => settle(value, currentContext(), false),
    [RESUME]: resume,
    [ITERATE]: iterate,
  });
}

/** A promise that never rejects, or the outcome itself; what an ended context waits for never comes. */
function settle(value: unknown, context: Context, inLoop: boolean): Settled | Promise<Settled> {
  if (context.state === "over") return new Promise(() => {});
  // A loop over what is coming to its end may see the end.
  if (context.state === "interrupted" || (context.state === "settling" && !inLoop)) {
    Promise.resolve(value).catch(() => {});
    return { context, state: "interrupted" };
  }
  if (!isThenable(value)) return { context, state: "fulfilled", value };
  return new Promise<Settled>((resolve) => {
    const done = (settled: Settled) => {
      context.waiters.delete(interrupt);
      if (context.state !== "over") resolve(settled);
    };
    const interrupt = () => done({ context, state: "interrupted" });
    context.waiters.add(interrupt);
    try {
      value.then(
        (fulfilled) => done({ context, state: "fulfilled", value: fulfilled }),
        (reason) => done({ context, state: "rejected", value: reason }),
      );
    } catch (reason) {
      done({ context, state: "rejected", value: reason });
    }
  });
}

function resume({ context, state, value }: Settled): unknown {
  enterContext(context);
  // Made here, so that its stack names the line of the await.
  if (state === "interrupted") throw new KeyboardInterrupt();
  if (state === "rejected") throw value;
  return value;
}

function iterate(iterable: Partial<AsyncIterable<unknown> & Iterable<unknown>>): AsyncIterable<unknown> {
  const source = iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]?.();
  if (!source) throw new TypeError(`${typeof iterable} is not async iterable: for await needs an (async) iterator.`);
  const isAsync = Symbol.asyncIterator in Object(iterable);
  const step = async (result: unknown): Promise<IteratorResult<unknown>> => {
    const context = currentContext();
    const next = resume(await settle(result, context, true)) as IteratorResult<unknown>;
    // Over an ordinary iterator, for await waits for each value.
    return isAsync || next.done ? next : { done: false, value: resume(await settle(next.value, context, true)) };
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => step(source.next()),
      return: async (value) => (await source.return?.(value)) ?? { done: true, value },
    }),
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof (value as { then?: unknown }).then === "function";
}
