import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Driver, drive } from "./drive";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const AWAIT = (expression: string) => `__cell_resume__(await __cell_await__(${expression}))`;
const REPEAT = 3;

let child: Driver;
beforeAll(async () => {
  child = drive();
  await child.run("exports.kept = 1;");
});
afterAll(() => child.close());

const SLEEP = "new Promise((r) => setTimeout(r, 5))";
const ENDLESS: Readonly<Record<string, string>> = {
  "a loop": "for (;;) {}",
  "a loop after an await": `${AWAIT(SLEEP)}; for (;;) {}`,
  "a loop of microtasks": "for (;;) await null",
  "a chain of promises": `const again = () => Promise.resolve().then(again); again(); ${AWAIT("new Promise(() => {})")}`,
  "a timer that loops": `setTimeout(() => { for (;;) {} }, 10); ${AWAIT("new Promise(() => {})")}`,
  "a tick that loops": `process.nextTick(() => { for (;;) {} }); ${AWAIT("new Promise(() => {})")}`,
  "ticks that make ticks": `const f = () => process.nextTick(f); f(); ${AWAIT("new Promise(() => {})")}`,
  "a microtask that loops": `queueMicrotask(() => { for (;;) {} }); ${AWAIT("new Promise(() => {})")}`,
  forEach: "[1, 2].forEach(() => { for (;;) {} })",
  "an async loop": `for (;;) { ${AWAIT(SLEEP)} }`,
  "for await": `async function* g() { for (;;) { ${AWAIT(SLEEP)}; yield 1; } } for await (const x of __cell_iterate__(g())) {}`,
  "for await over another's generator": `async function* g() { for (;;) { await ${SLEEP}; yield 1; } } for await (const x of __cell_iterate__(g())) {}`,
  "an infinite generator": "function* g() { for (;;) yield 1; } for (const x of g()) {}",
  "a loop that catches everything": `for (;;) { try { ${AWAIT(SLEEP)} } catch {} }`,
  "a loop that catches everything but is not ours": `for (;;) { try { await ${SLEEP} } catch {} }`,
  "a promise that never settles": AWAIT("new Promise(() => {})"),
  "a flood of output": "for (;;) console.log('x'.repeat(100))",
  "a value whose display loops": `exports.last = { [Symbol.for("Jupyter.display")]: () => { for (;;) {} } }`,
  "a value whose display never comes": `exports.last = { [Symbol.for("Jupyter.display")]: () => new Promise(() => {}) }`,
  "a question": AWAIT("input()"),
};

describe("an interrupt ends", () => {
  it.each(Object.keys(ENDLESS))("%s", async (name) => {
    for (let i = 0; i < REPEAT; i++) {
      const { done } = child.start(ENDLESS[name]!, { allowStdin: true });
      await sleep(60 + 20 * i);
      await child.interrupt();
      expect(await done).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });
      expect((await child.run("exports.last = exports.kept")).result?.data).toEqual({ "text/plain": "1" });
    }
  });

  it("a comm handler that loops", async () => {
    await child.run(`globalThis[Symbol.for("vitlab.kernel")].registerCommTarget("loop", () => { for (;;) {} })`);
    const handled = child.comm({ kind: "comm_open", content: { comm_id: "l", target_name: "loop" }, parent: 800_001 });
    await sleep(60);
    await child.interrupt();
    await handled;
    expect(child.printed(800_001, "stderr")).toContain("KeyboardInterrupt");
    expect((await child.run("1")).status).toBe("ok");
  });

  it("nothing when nothing runs", async () => {
    await child.interrupt();
    await child.interrupt();
    const { done } = child.start(`${AWAIT("new Promise((r) => setTimeout(r, 250))")}; exports.last = 5`);
    expect((await done).result?.data).toEqual({ "text/plain": "5" });
  });
});

describe("an interrupted cell", () => {
  it("runs its finally blocks, and says at which line it was", async () => {
    const { parent, done } = child.start(
      `try {\n  ${AWAIT("new Promise(() => {})")}\n} finally { console.log("finally") }`,
    );
    await sleep(50);
    await child.interrupt();
    expect((await done).error!.traceback.join("\n")).toContain(":2:3");
    expect(child.printed(parent)).toBe("finally\n");
  });

  it("never hears of its timers again, whoever made them", async () => {
    const { parent, done } = child.start(`
      const { setTimeout: later } = require("timers/promises");
      setInterval(() => console.log("interval"), 20);
      (async () => { for (;;) { await later(20); console.log("library") } })();
      ${AWAIT("new Promise(() => {})")}`);
    await sleep(100);
    await child.interrupt();
    await done;
    const then = child.printed(parent);
    await child.run(AWAIT("new Promise((r) => setTimeout(r, 150))"));
    expect(then).toContain("library");
    expect(child.printed(parent)).toBe(then);
  });

  it("has its signal aborted first", async () => {
    const { parent, done } = child.start(`
      const { signal } = globalThis[Symbol.for("vitlab.kernel")];
      signal.onabort = () => console.log("aborted");
      ${AWAIT("new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))")}`);
    await sleep(50);
    await child.interrupt();
    expect((await done).error?.ename).toBe("KeyboardInterrupt");
    expect(child.printed(parent)).toBe("aborted\n");
  });
});

describe("where somebody listens to SIGINT", () => {
  const FIT = `
    const fit = () => new Promise((resolve) => {
      const hosted = process.listenerCount("SIGINT") > 0;
      let stop = false;
      const listener = () => { stop = true; };
      if (hosted) process.on("SIGINT", listener);
      const step = () => {
        const end = Date.now() + STEP; while (Date.now() < end);
        if (!stop) return setTimeout(step, 0);
        process.off("SIGINT", listener);
        resolve({ reason: "interrupted" });
      };
      step();
    });`;

  it.each([20, 350])("a run with steps of %i ms ends gracefully, and its result is there", async (ms) => {
    for (let i = 0; i < REPEAT; i++) {
      const { parent, done } = child.start(
        `${FIT.replace("STEP", String(ms))}
        const run = ${AWAIT("fit()")};
        exports.run = run; console.log("rest");
        ${AWAIT("1")}; console.log("never");`,
        { names: ["run"] },
      );
      await sleep(100);
      await child.interrupt();
      expect(await done).toMatchObject({ status: "error", ran: ["run"], error: { ename: "KeyboardInterrupt" } });
      expect((await done).error!.evalue).toContain("came to its end by itself");
      expect(child.printed(parent)).toBe("rest\n");
      expect((await child.run("exports.last = exports.run.reason")).result?.data).toEqual({
        "text/plain": "'interrupted'",
      });
    }
  });

  it("a loop over its events comes to its end", async () => {
    const { parent, done } = child.start(`
      let stop = false;
      process.once("SIGINT", () => { stop = true; });
      async function* events() { let n = 0; while (!stop) { await new Promise((r) => setTimeout(r, 10)); yield n++; } yield "last"; }
      for await (const e of __cell_iterate__(events())) if (e === "last") console.log(e);`);
    await sleep(100);
    await child.interrupt();
    expect((await done).error?.ename).toBe("KeyboardInterrupt");
    expect(child.printed(parent)).toBe("last\n");
  });

  it("a second interrupt doesn't wait for it", async () => {
    const { done } = child.start(`process.once("SIGINT", () => {}); ${AWAIT("new Promise(() => {})")}`);
    await sleep(50);
    await child.interrupt();
    const start = Date.now();
    await child.interrupt();
    await done;
    expect(Date.now() - start).toBeLessThan(2000);
  });

  it("and nothing of it stops, the cell is ended after the grace", async () => {
    const { done } = child.start(`process.once("SIGINT", () => {}); ${AWAIT("new Promise(() => {})")}`);
    await sleep(50);
    await child.interrupt();
    expect((await done).error?.ename).toBe("KeyboardInterrupt");
  });
});

describe("a process that was broken into", () => {
  it("loads a module anew whose loading was broken", async () => {
    const module = { path: "/somewhere/slow.ts", source: "", map: [[0, 0, 0]], imports: [] };
    const slow = "exports.early = 1; if (!globalThis.fast) for (;;) {} exports.late = 2;";
    const { done } = child.start(`require("/somewhere/slow.ts")`, { modules: [{ ...module, code: slow }] });
    await sleep(80);
    await child.interrupt();
    await done;
    const { result } = await child.run(`globalThis.fast = true; exports.last = require("/somewhere/slow.ts").late`);
    expect(result?.data).toEqual({ "text/plain": "2" });
  });

  it("has written nothing by halves", async () => {
    const { parent, done } = child.start(ENDLESS["a flood of output"]!);
    await sleep(80);
    await child.interrupt();
    await done;
    expect(new Set(child.printed(parent).split("\n"))).toEqual(new Set(["x".repeat(100), ""]));
  });

  it("still runs what setImmediate() was given, and breaks again what loops in it", async () => {
    const loop = `for (let i = 0; i < 3; i++) setImmediate(() => {}); setImmediate(() => { for (;;) {} });`;
    for (let i = 0; i < REPEAT; i++) {
      const { done } = child.start(`${loop} ${AWAIT("new Promise(() => {})")}`);
      await sleep(60);
      await child.interrupt();
      expect((await done).error?.ename).toBe("KeyboardInterrupt");
      const next = await child.run(`exports.last = ${AWAIT("new Promise((r) => setImmediate(r, 5))")}`);
      expect(next.result?.data).toEqual({ "text/plain": "5" });
    }
  });
});
