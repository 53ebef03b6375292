import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type CompilerProcess, startCompiler } from "../../../src/kernel/typescript/compiler-process";
import { scriptFolder } from "../scripts";

const { folder, script } = scriptFolder();
const CELL = { code: "1", cell: "Cell[1]", previous: "" };

let running: CompilerProcess | undefined;
afterEach(() => running?.close());

/** Starts a compiler whose processes run `code` when they are asked, before they answer; `first` runs at their start. */
function start(name: string, { first = "", code = "" }): { compiler: CompilerProcess; told: string[] } {
  const main = script(
    name,
    `const { existsSync, writeFileSync } = require("node:fs");
     ${first}
     process.on("disconnect", () => process.exit());
     process.on("message", ({ id }) => {
       ${code}
       process.send({ id, result: "answer" });
     });
     process.send({ ready: true, typescript: "5" });`,
  );
  const told: string[] = [];
  // Another option of Node's, as with a snapshot: nobody is to make one for these.
  const compiler = startCompiler(() => [process.execPath, "--no-warnings", main]);
  compiler.onTrouble = (sentence) => told.push(sentence);
  running = compiler;
  return { compiler, told };
}

describe("the compiler's process", () => {
  it("that ends over a call leaves it to the next one, unseen", async () => {
    const mark = JSON.stringify(join(folder, "ended-once"));
    const code = `if (!existsSync(${mark})) { writeFileSync(${mark}, ""); process.kill(process.pid, "SIGKILL"); }`;
    expect(await start("once", { code }).compiler.compile(CELL)).toBe("answer");
  });

  it("that ends over the same call twice rejects it with a sentence", async () => {
    const { compiler } = start("always", { code: "process.exit(7);" });
    await expect(compiler.compile(CELL)).rejects.toThrow(/^The TypeScript compiler ended twice .*exit code 7/);
  });

  it("that is killed before it is ready, again and again, rejects the call, and is tried again with the next", async () => {
    const mark = join(folder, "may-live");
    const first = `if (!existsSync(${JSON.stringify(mark)})) { process.kill(process.pid, "SIGKILL"); }`;
    const { compiler } = start("killed", { first });
    await expect(compiler.compile(CELL)).rejects.toThrow(/^The TypeScript compiler ends again and again \(SIGKILL\)/);
    await expect(compiler.compile(CELL)).rejects.toThrow("again and again");
    writeFileSync(mark, "");
    expect(await compiler.compile(CELL)).toBe("answer");
  });

  it("that is given up while nobody waits is told of once", async () => {
    const { told } = start("idle", { first: `console.error("Error: no room"); process.exit(9);` });
    await expect.poll(() => told, { timeout: 10_000 }).toHaveLength(1);
    expect(told[0]).toContain("(exit code 9: Error: no room)");
  });
});
