import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Snapshot from "../../../src/kernel/compiler/snapshot";
import { emptyFolder } from "./notebook";

// What a snapshot is made of is the built package.
const BUILT = join(__dirname, "../../../dist/kernel/compiler/snapshot.js");
const { VITLAB_CACHE } = process.env;
const cache = emptyFolder();
const processes: ChildProcess[] = [];
let snapshot: typeof Snapshot;

beforeAll(() => {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is missing: run "npm run build" first.`);
  process.env.VITLAB_CACHE = cache;
  snapshot = createRequire(__filename)(BUILT);
});

afterAll(() => {
  for (const child of processes) child.kill("SIGKILL");
  if (VITLAB_CACHE === undefined) delete process.env.VITLAB_CACHE;
  else process.env.VITLAB_CACHE = VITLAB_CACHE;
});

function start(command: readonly string[], cwd: string = emptyFolder()): ChildProcess {
  const child = spawn(command[0]!, command.slice(1), {
    cwd,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
  processes.push(child);
  return child;
}

/** What the process says next; undefined when it ends instead. */
function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.once("message", resolve);
    child.once("exit", () => resolve(undefined));
  });
}

describe("the compiler process", () => {
  it.each(["without a snapshot", "with a snapshot"])("answers %s in the folder that it is started in", async (how) => {
    if (how === "with a snapshot") expect(await snapshot.buildSnapshot()).toBe(snapshot.snapshotFile());
    const command = snapshot.compilerCommand();
    expect(command.includes("--snapshot-blob")).toBe(how === "with a snapshot");
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "a.ts"), "export const a = 1;");
    const child = start(command, cwd);
    expect(await next(child)).toEqual({ ready: true, typescript: ts.version });
    const code = 'import { a } from "./a"; const b: string = a;';
    child.send({ id: 1, method: "compile", argument: { code, cell: "Cell[1]", previous: "" } });
    expect(await next(child)).toMatchObject({ id: 1, result: { ok: false, diagnostics: [{ code: 2322 }] } });
    child.send({ id: 2, method: "complete", argument: { code: "Math.hyp", cursor: 8, previous: "" } });
    expect(await next(child)).toMatchObject({ id: 2, result: { matches: [{ text: "hypot" }] } });
    child.send({ id: 3, method: "compile", argument: {} });
    expect(await next(child)).toMatchObject({ id: 3, error: expect.any(String) });
    child.disconnect();
    expect(await next(child)).toBeUndefined();
  });

  it("leaves nothing but the snapshot in the cache", () => {
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^compiler-[0-9a-f]+\.blob$/)]);
  });

  it("ends before it says ready when the snapshot is damaged, and starts without", async () => {
    writeFileSync(snapshot.snapshotFile(), "no snapshot");
    expect(await next(start(snapshot.compilerCommand()))).toBeUndefined();
    expect(await next(start(snapshot.compilerCommand({ snapshot: false })))).toMatchObject({ ready: true });
  });
});
