import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FromChild, ToChild } from "../../../src/kernel/child/protocol";
import { type Driver, drive } from "./drive";

let child: Driver;
beforeAll(() => {
  child = drive();
});
afterAll(() => child.close());

const COLOR = "\u001b\\[\\d+m";
const plain = (text: readonly string[]) => text.join("\n").replaceAll(new RegExp(COLOR, "g"), "");

describe("a cell", () => {
  it("shows the value of its last expression", async () => {
    expect((await child.run("exports.last = 1 + 1")).result).toEqual({ data: { "text/plain": "2" }, metadata: {} });
  });

  it("shows null, but not undefined, nor what was not to be shown", async () => {
    expect((await child.run("exports.last = null")).result?.data).toEqual({ "text/plain": "null" });
    expect((await child.run("exports.last = undefined")).result).toBeUndefined();
    expect((await child.run("exports.last = 1", { showResult: false })).result).toBeUndefined();
  });

  it("shows what a display method promises, and survives one that throws", async () => {
    const later = `exports.last = { [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<b>1</b>" }) }`;
    expect((await child.run(later)).result?.data).toHaveProperty("text/html", "<b>1</b>");
    const bad = `exports.last = { [Symbol.for("Jupyter.display")]: () => { throw new Error("no") } }`;
    expect((await child.run(bad)).status).toBe("ok");
  });

  it("hands its variables to later cells, which may change them", async () => {
    await child.run("exports.a = 1;");
    expect((await child.run("exports.a = exports.a + 1; exports.last = exports.a")).result?.data).toEqual({
      "text/plain": "2",
    });
  });

  it("says which names got a value, also when it fails", async () => {
    const done = await child.run("exports.f = f; function f() {}\nexports.one = 1; null.x; exports.two = 2;", {
      names: ["f", "one", "two"],
    });
    expect(done).toMatchObject({ status: "error", ran: ["f", "one"] });
    const again = await child.run("exports.one = 1;", { names: ["one"] });
    expect(again.ran).toEqual(["one"]);
  });

  it("keeps the values that its names had until it sets them", async () => {
    await child.run("exports.old = 1;", { names: ["old"] });
    const cell = `console.log(exports.old, exports.fresh); null.x; exports.old = 2; exports.fresh = 3;`;
    const { parent, done } = child.start(cell, { names: ["old", "fresh"] });
    expect(await done).toMatchObject({ status: "error", ran: [] });
    expect(child.printed(parent)).toBe("1 undefined\n");
    const { result } = await child.run("exports.last = [exports.old, 'fresh' in exports]");
    expect(result?.data).toEqual({ "text/plain": "[ 1, false ]" });
  });

  it("prints before it is done", async () => {
    const { parent, done } = child.start("console.log('one'); console.error('two'); process.stdout.write('three')");
    await done;
    expect([child.printed(parent), child.printed(parent, "stderr")]).toEqual(["one\nthree", "two\n"]);
  });

  it("prints plain text, 80 columns wide", async () => {
    const { parent, done } = child.start("console.log({ a: 1 }, process.stdout.columns, process.stdout.isTTY)");
    await done;
    expect(child.printed(parent)).toBe("{ a: 1 } 80 false\n");
  });

  it("owns what its timers and promises print while another cell runs", async () => {
    const first = child.start("setTimeout(() => Promise.resolve().then(() => console.log('late')), 40)");
    await first.done;
    const second = child.start(
      "__cell_resume__(await __cell_await__(new Promise((r) => setTimeout(r, 120))));console.log('2')",
    );
    await second.done;
    expect([child.printed(first.parent), child.printed(second.parent)]).toEqual(["late\n", "2\n"]);
  });

  it("iterates over promises and async generators", async () => {
    const { parent, done } = child.start(`
      async function* count() { yield 1; yield 2; }
      for await (const x of __cell_iterate__(count())) console.log(x);
      for await (const x of __cell_iterate__([Promise.resolve(3), 4])) console.log(x);`);
    expect((await done).status).toBe("ok");
    expect(child.printed(parent)).toBe("1\n2\n3\n4\n");
  });

  it("forgets everything at a reset", async () => {
    await child.run("exports.gone = 1;");
    child.send({ type: "reset", id: 900_001 });
    await child.waitFor(
      (frame): frame is Extract<FromChild, { type: "handled" }> => frame.type === "handled" && frame.id === 900_001,
    );
    expect((await child.run("exports.last = typeof exports.gone")).result?.data).toEqual({
      "text/plain": "'undefined'",
    });
  });
});

describe("an error", () => {
  it("names the line of the cell, and shows it", async () => {
    const { error } = await child.run("const a = 1;\nfunction f() {\n  null.foo;\n}\nf();", { cell: "Cell[7]" });
    expect(error).toMatchObject({ ename: "TypeError", evalue: "Cannot read properties of null (reading 'foo')" });
    const text = plain(error!.traceback);
    expect(text).toContain("> 3 |   null.foo;\n    |        ^");
    expect(text).toContain("at f Cell[7]:3:8\n    at Cell[7]:5:1");
    expect(text).not.toMatch(/tslab|node:|kernel/);
  });

  it("is mapped in the first line, with and without await, and in error.stack", async () => {
    const sync = await child.run("null.foo;", { cell: "Cell[8]" });
    expect(plain(sync.error!.traceback)).toContain("Cell[8]:1:6");
    const late = await child.run("__cell_resume__(await __cell_await__(1)); null.foo;", { cell: "Cell[8]" });
    expect(plain(late.error!.traceback)).toContain("Cell[8]:1:48");
    const { parent, done } = child.start("let s; try { null.foo } catch (e) { console.log(e.stack) }", {
      cell: "Cell[9]",
    });
    await done;
    expect(child.printed(parent)).toBe(
      "TypeError: Cannot read properties of null (reading 'foo')\n    at Cell[9]:1:19\n",
    );
  });

  it("tells its causes, its errors and its properties", async () => {
    const caused = await child.run(
      `throw Object.assign(new Error("outer", { cause: new RangeError("inner") }), { code: "E1" })`,
    );
    expect(plain(caused.error!.traceback)).toMatch(/Error: outer[\s\S]*code: 'E1'[\s\S]*caused by\nRangeError: inner/);
    const many = await child.run(`throw new AggregateError([new Error("a"), 5], "all failed")`);
    expect(plain(many.error!.traceback)).toMatch(/all failed[\s\S]*error 1 of 2\nError: a[\s\S]*error 2 of 2\n5/);
  });

  it("tells an error that contains itself once, and of a chain without end a bounded number", async () => {
    const ring = await child.run(`const ring = new AggregateError([], "ring"); ring.errors.push(ring); throw ring`);
    const lines = plain(ring.error!.traceback).split("\n");
    expect(lines.filter((line) => line.includes(": ring")).length).toBe(3); // The head, the mark, the last line.
    expect(lines.join("\n")).toMatch(/error 1 of 1\nAggregateError: ring \[circular\]/);
    const two = await child.run(`const a = new Error("a"), b = new Error("b", { cause: a }); a.cause = b; throw a`);
    expect(plain(two.error!.traceback)).toMatch(/caused by\nError: b[\s\S]*caused by\nError: a \[circular\]/);
    const same = await child.run(
      `const one = new Error("one"); throw new AggregateError([one, one, ...Array(6).fill(0)], "both")`,
    );
    expect(plain(same.error!.traceback)).toMatch(/error 2 of 8\nError: one \[told above\][\s\S]*… 3 more errors/);
    const chain = await child.run(
      `let deep = new Error("0"); for (let i = 1; i < 3000; i++) deep = new Error(String(i), { cause: deep }); throw deep`,
    );
    expect(plain(chain.error!.traceback)).toMatch(/Error: 2994[\s\S]*Error: 2993 \[not told any further\]/);
    expect(chain.error!.traceback.length).toBeLessThan(100);
  });

  it("may be anything that can be thrown", async () => {
    expect((await child.run("throw 42")).error).toMatchObject({ ename: "Uncaught", evalue: "42" });
    expect((await child.run("throw undefined")).error).toMatchObject({ ename: "Uncaught", evalue: "undefined" });
    expect((await child.run("throw { get message() { throw 1 }, stack: '' }")).status).toBe("error");
  });

  it("with a huge message is cut", async () => {
    const { error } = await child.run(`throw new Error("x".repeat(1e6))`);
    expect(error!.traceback.join("").length).toBeLessThan(20_000);
  });

  it("of syntax says where", async () => {
    const { error } = await child.run("const a = 1;\nlet b = ;");
    expect(error!.ename).toBe("SyntaxError");
    expect(plain(error!.traceback)).toContain("> 2 | let b = ;\n    |         ^");
  });

  it("that nobody catches is printed under the cell that caused it", async () => {
    const first = child.start(`setTimeout(() => { throw new Error("boom") }, 20); Promise.reject(new Error("lost"))`);
    await first.done;
    await child.run("__cell_resume__(await __cell_await__(new Promise((r) => setTimeout(r, 100))))");
    expect(plain([child.printed(first.parent, "stderr")])).toMatch(
      /Unhandled rejection: Error: lost[\s\S]*Uncaught exception: Error: boom/,
    );
  });
});

describe("the globals", () => {
  it("display values and bundles, and replace them", async () => {
    const { parent, done } = child.start(
      `display([1]); display({ "text/html": "<i>" }, { displayId: "d" }); display(2, { displayId: "d", update: true }); clearOutput(true)`,
    );
    await done;
    const mine = child.published.filter((message) => message.parent === parent);
    expect(mine.map(({ kind }) => kind)).toEqual([
      "display_data",
      "display_data",
      "update_display_data",
      "clear_output",
    ]);
    expect(mine[1]!.content).toEqual({
      data: { "text/html": "<i>", "text/plain": "[text/html]" },
      metadata: {},
      transient: { display_id: "d" },
    });
    expect(mine[3]!.content).toEqual({ wait: true });
  });

  it("ask for input where the front end can answer", async () => {
    const cell = child.start("exports.last = __cell_resume__(await __cell_await__(input('name? ')))", {
      allowStdin: true,
    });
    const question = await child.waitFor(
      (f): f is Extract<FromChild, { type: "input_request" }> => f.type === "input_request" && f.parent === cell.parent,
    );
    expect(question).toMatchObject({ prompt: "name? ", password: false });
    child.send({ type: "input_reply", id: question.id, value: "Ada" } satisfies ToChild);
    expect((await cell.done).result?.data).toEqual({ "text/plain": "'Ada'" });
  });

  it("say so where it cannot", async () => {
    const { error } = await child.run("__cell_resume__(await __cell_await__(input()))");
    expect(error).toMatchObject({ ename: "StdinNotImplementedError" });
  });

  it("of tslab's executor are not listed", async () => {
    const { result } = await child.run("exports.last = Object.keys(globalThis).includes('__tslab__')");
    expect(result?.data).toEqual({ "text/plain": "false" });
  });

  it("are shown before the cell is over, also what is drawn later, and where the cell fails", async () => {
    const figure = `({ [Symbol.for("Jupyter.display")]: () => new Promise((r) => setTimeout(() => r({ "text/html": "<b>" }), 50)) })`;
    for (const end of ["", "throw new Error('later')"]) {
      const { parent, done } = child.start(`display(${figure}); ${end}`);
      expect((await done).status).toBe(end ? "error" : "ok");
      const kinds = child.frames
        .filter((frame) => "parent" in frame && frame.parent === parent)
        .map(({ type }) => type);
      expect(kinds).toEqual(["publish"]);
    }
  });

  it("show what a promise gives, before the cell is over, and resolve when it was sent", async () => {
    const kernel = `globalThis[Symbol.for("vitlab.kernel")]`;
    const later = `new Promise((resolve) => setTimeout(() => resolve([1, 2]), 50))`;
    const { parent, done } = child.start(
      `${kernel}.show(${later}, { displayId: "p" }).then(() => console.log("sent")); void 0`,
    );
    expect((await done).status).toBe("ok");
    const [shown] = child.published.filter((message) => message.parent === parent);
    expect(shown).toMatchObject({
      kind: "display_data",
      content: { data: { "text/plain": "[ 1, 2 ]" }, transient: { display_id: "p" } },
    });
    await child.until(() => child.printed(parent) === "sent\n");
    await child.run(`${kernel}.show(Promise.reject(new Error("no"))).catch((error) => console.log(error.message))`);
    await child.until(() => child.frames.some((frame) => frame.type === "stream" && frame.text === "no\n"));
  });

  it("show nothing of a value that has nothing to show", async () => {
    const done = await child.run(`exports.last = { [Symbol.for("Jupyter.display")]: () => ({}) }`);
    expect([done.status, done.result]).toEqual(["ok", undefined]);
  });

  it("offer tslab's display and the kernel's interface", async () => {
    const { parent, done } = child.start(`
      require("tslab").display.html("<b>"); require("vitlab/kernel").setNextInput("1 + 1");`);
    await done;
    expect(child.published.at(-1)).toMatchObject({ parent, content: { data: { "text/html": "<b>" } } });
    expect(child.frames).toContainEqual({
      type: "payload",
      parent,
      payload: { source: "set_next_input", text: "1 + 1", replace: false },
    });
  });
});

describe("the process", () => {
  it("ends where a cell ends it, with everything printed", async () => {
    const other = drive();
    const { parent, done } = other.start("console.log('bye'); process.exit(3)");
    await expect(done).rejects.toThrow("3");
    expect(other.printed(parent)).toBe("bye\n");
  });

  it("ends when the front is gone", async () => {
    const other = drive();
    await other.run("1");
    const { done } = other.start("for (;;) {}");
    other.process.stdio[4]!.destroy();
    await expect(done).rejects.toThrow("SIGKILL");
  });
});

describe("a cell that takes away what Node.js and the kernel need", () => {
  it.each([
    ["Array.prototype.map", "Array.prototype.map = undefined"],
    ["JSON.stringify", "JSON.stringify = 1"],
    ["Promise", "Promise = null"],
    ["Buffer", "delete globalThis.Buffer"],
    ["Array.prototype[Symbol.iterator]", "Array.prototype[Symbol.iterator] = null"],
    ["Promise.prototype.then", "Promise.prototype.then = null"],
    ["process", "globalThis.process = null"],
    ["process.emit", "process.emit = null"],
    ["Array.prototype.push", "Array.prototype.push = null; throw new Error('after it')"],
  ])("%s is told, and the next cell finds it", async (name, code) => {
    const { parent, done } = child.start(code);
    await done;
    expect(child.printed(parent, "stderr")).toBe(
      `Node.js and the kernel can't work without ${name}, which the cell took away: put back.\n`,
    );
    const next = await child.run("exports.last = [1, 2].map((x) => 2 * x)");
    expect(next.result?.data).toEqual({ "text/plain": "[ 2, 4 ]" });
  });

  it("a listener, is told nothing: the kernel hears on", async () => {
    const { parent, done } = child.start("process.on('own', () => {}); process.removeAllListeners()");
    await done;
    expect(child.printed(parent, "stderr")).toBe("");
    expect((await child.run("exports.last = process.listenerCount('own')")).result?.data).toEqual({
      "text/plain": "0",
    });
  });

  it("has what it puts in the place of a function", async () => {
    const { parent, done } = child.start("globalThis.kept = JSON.parse; JSON.parse = (text) => [kept(text)]");
    await done;
    expect(child.printed(parent, "stderr")).toBe("");
    const next = await child.run("exports.last = JSON.parse('1')");
    expect(next.result?.data).toEqual({ "text/plain": "[ 1 ]" });
    await child.run("JSON.parse = kept");
  });
});
