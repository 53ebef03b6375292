import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Driver, drive } from "./drive";

let child: Driver;
beforeAll(() => {
  child = drive();
});
afterAll(() => child.close());

const asked = (parent: number) =>
  child.frames.flatMap((frame) => (frame.type === "input_request" && frame.parent === parent ? [frame] : []));

describe("questions to the person", () => {
  const both = "exports.last = await Promise.all([input('first'), input('second')]);";

  it("come one after the other, each answered before the next", async () => {
    const { parent, done } = child.start(both, { allowStdin: true });
    await child.until(() => asked(parent).length === 1);
    child.send({ type: "input_reply", id: asked(parent)[0]!.id, value: "a" });
    await child.until(() => asked(parent).length === 2);
    child.send({ type: "input_reply", id: asked(parent)[1]!.id, value: "b" });
    expect((await done).result?.data["text/plain"]).toBe("[ 'a', 'b' ]");
    expect(asked(parent).map(({ prompt }) => prompt)).toEqual(["first", "second"]);
  });

  it("of one cell do not wait for those that an earlier one left open", async () => {
    await child.run("void input('never answered').catch(() => {});", { allowStdin: true });
    const { parent, done } = child.start("exports.last = await input('now');", { allowStdin: true });
    await child.until(() => asked(parent).length === 1);
    child.send({ type: "input_reply", id: asked(parent)[0]!.id, value: "c" });
    expect((await done).result?.data["text/plain"]).toBe("'c'");
  });

  it("all end with an interrupt, and the next cell may ask again", async () => {
    const { parent, done } = child.start(
      both.replaceAll("await", "__cell_resume__(await __cell_await__(").replace("]);", "])));"),
      { allowStdin: true },
    );
    await child.until(() => asked(parent).length === 1);
    await child.interrupt();
    expect((await done).error?.ename).toBe("KeyboardInterrupt");
    const next = child.start("exports.last = await input('again');", { allowStdin: true });
    await child.until(() => asked(next.parent).length === 1);
    child.send({ type: "input_reply", id: asked(next.parent)[0]!.id, value: "d" });
    expect((await next.done).result?.data["text/plain"]).toBe("'d'");
  });
});

describe("process.stdin", () => {
  it("is empty, and says once how to ask instead", async () => {
    const { parent, done } = child.start(
      `let text = "";
       for await (const chunk of process.stdin) text += chunk;
       process.stdin.read();
       exports.last = text;`,
    );
    expect((await done).result?.data["text/plain"]).toBe("''");
    expect(child.printed(parent, "stderr").match(/await input\(/g)).toHaveLength(1);
  });
});

describe("the global object", () => {
  it("lists nothing of the kernel's", async () => {
    const { result } = await child.run(
      `exports.last = Object.keys(globalThis).filter((name) => name.startsWith("__"));`,
    );
    expect(result?.data["text/plain"]).toBe("[]");
  });
});

describe("Node's import in a cell", () => {
  it("comes without a warning about an option of the kernel's", async () => {
    const { parent, done } = child.start(`exports.last = typeof (await __cell_import__("node:os")).cpus;`);
    expect((await done).result?.data["text/plain"]).toBe("'function'");
    expect(child.printed(parent, "stderr")).toBe("");
  });
});
