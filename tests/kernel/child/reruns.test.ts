import { afterAll, beforeAll, expect, it } from "vitest";
import { type Driver, drive } from "./drive";

let child: Driver;
beforeAll(() => {
  child = drive();
});
afterAll(() => child.close());

let requests = 0;
/** What a cell prints, and the earlier ones whose end it is. */
async function run(
  cellId: string | undefined,
  code: string,
  more: { requestId?: string; deletedCells?: string[] } = {},
) {
  const { parent, done } = child.start(code, {
    requestId: `request-${++requests}`,
    ...(cellId === undefined ? {} : { cellId }),
    ...more,
  });
  await done;
  return child.printed(parent);
}

const listens = (name: string) =>
  `globalThis[Symbol.for("vitlab.kernel")].onRerun(() => console.log("over: ${name}"));`;

it("calls what a cell left when it runs again, once, before its code runs", async () => {
  await run("a", listens("first") + listens("second"));
  expect(await run("b", "console.log('b')")).toBe("b\n");
  expect(await run("a", "console.log('again')")).toBe("over: first\nover: second\nagain\n");
  expect(await run("a", "")).toBe("");
});

it("calls what a deleted cell left when any other runs", async () => {
  await run("c", listens("c"));
  expect(await run("d", "console.log('d')", { deletedCells: ["c"] })).toBe("over: c\nd\n");
});

it("counts all that one request runs as one run", async () => {
  await run("e", listens("e"), { requestId: "%run" });
  expect(await run("e", "", { requestId: "%run" })).toBe("");
  expect(await run("e", "")).toBe("over: e\n");
});

it("calls nothing that was taken back, and nothing of a cell that the front end has no name for", async () => {
  await run("f", `const stop = ${listens("f")} stop();`);
  await run(undefined, listens("nameless"));
  expect((await run("f", "")) + (await run(undefined, ""))).toBe("");
});

it("tells what a listener throws, and runs the cell", async () => {
  await run("g", `globalThis[Symbol.for("vitlab.kernel")].onRerun(() => { throw new Error("stuck") });`);
  const { parent, done } = child.start("console.log('ran')", { requestId: "last", cellId: "g" });
  await done;
  expect(child.printed(parent)).toBe("ran\n");
  expect(child.printed(parent, "stderr")).toContain("stuck");
});
