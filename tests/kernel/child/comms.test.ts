import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Driver, drive } from "./drive";

const KERNEL = `globalThis[Symbol.for("vitlab.kernel")]`;

let child: Driver;
let parents = 700_000;
beforeAll(async () => {
  child = drive();
  await child.run(`
    ${KERNEL}.registerCommTarget("echo", (comm, { data }) => {
      comm.onMessage(({ data, metadata, buffers }) =>
        comm.send({ data, sum: buffers[0].reduce((a, b) => a + b, 0) }, { metadata, buffers: [new Float32Array([1.5])] }));
      comm.onClose(({ data }) => console.log("closed", data, comm.closed));
      comm.send({ hello: data });
    });`);
});
afterAll(() => child.close());

const publishedBy = (parent: number) => child.published.filter((message) => message.parent === parent);

describe("a comm that the front end opens", () => {
  it("goes to the handler of its target, and carries buffers both ways", async () => {
    const parent = ++parents;
    await child.comm({ kind: "comm_open", parent, content: { comm_id: "c", target_name: "echo", data: { x: 1 } } });
    expect(publishedBy(parent)).toMatchObject([
      { kind: "comm_msg", content: { comm_id: "c", data: { hello: { x: 1 } } } },
    ]);
    const next = ++parents;
    const buffers = [new Uint8Array([1, 2, 3])];
    await child.comm({ parent: next, content: { comm_id: "c", data: "d" }, metadata: { k: 1 }, buffers });
    const [reply] = publishedBy(next);
    expect(reply).toMatchObject({ content: { data: { data: "d", sum: 6 } }, metadata: { k: 1 }, comm: { id: "c" } });
    expect(reply!.buffers[0]).toEqual(Buffer.from(new Float32Array([1.5]).buffer));
  });

  it("tells when it is closed, and says nothing any more", async () => {
    const parent = ++parents;
    await child.comm({ kind: "comm_close", parent, content: { comm_id: "c", data: { bye: 1 } } });
    expect(child.printed(parent)).toBe("closed { bye: 1 } true\n");
    await child.comm({ parent: ++parents, content: { comm_id: "c", data: 1 } });
    expect(publishedBy(parents)).toEqual([]);
  });

  it("to an unknown target is closed", async () => {
    const parent = ++parents;
    await child.comm({ kind: "comm_open", parent, content: { comm_id: "u", target_name: "unknown" } });
    expect(publishedBy(parent)).toMatchObject([{ kind: "comm_close", content: { comm_id: "u" }, comm: { id: "u" } }]);
  });

  it("whose handler throws prints that, and later messages still come", async () => {
    await child.run(`${KERNEL}.registerCommTarget("bad", (comm) => {
      comm.onMessage(() => { throw new Error("sync"); });
      comm.onMessage(async () => { throw new Error("async"); });
    });`);
    await child.comm({ kind: "comm_open", content: { comm_id: "b", target_name: "bad" } });
    const parent = ++parents;
    await child.comm({ parent, content: { comm_id: "b" } });
    expect(child.printed(parent, "stderr")).toMatch(/Error.*: sync[\s\S]*Error.*: async/);
  });
});

describe("a comm that a cell opens", () => {
  it("announces itself with its state, metadata and buffers", async () => {
    const { parent, done } = child.start(`
      const comm = ${KERNEL}.openComm("jupyter.widget", { state: {} }, { commId: "w", metadata: { version: "2.1.0" }, buffers: [new Uint8Array([7]).buffer] });
      comm.close(); comm.close();
      try { comm.send({}) } catch (error) { console.log(error.message) }`);
    await done;
    const [open, close, ...rest] = publishedBy(parent);
    expect(open).toMatchObject({
      kind: "comm_open",
      metadata: { version: "2.1.0" },
      content: { comm_id: "w", target_name: "jupyter.widget", data: { state: {} } },
      comm: { id: "w", target: "jupyter.widget" },
    });
    expect([...open!.buffers[0]!]).toEqual([7]);
    expect([close!.kind, rest]).toEqual(["comm_close", []]);
    expect(child.printed(parent)).toContain("is closed");
  });

  it("refuses what is no JSON, with a sentence", async () => {
    const { error } = await child.run(`${KERNEL}.openComm("t", { big: 1n })`);
    expect(error!.evalue).toContain("must be JSON");
  });
});
