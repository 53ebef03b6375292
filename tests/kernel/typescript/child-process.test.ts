import { afterEach, describe, expect, it } from "vitest";
import { encodeFrame } from "../../../src/kernel/child/frames";
import { OUTPUT_FD } from "../../../src/kernel/child/protocol";
import { type CellProcess, obituary, startCellProcess } from "../../../src/kernel/typescript/child-process";
import { scriptFolder } from "../scripts";

const { script } = scriptFolder();
const READY = `require("node:fs").writeSync(${OUTPUT_FD}, Buffer.from("${encodeFrame({ type: "ready" }).toString("hex")}", "hex"));`;
const REQUEST = { type: "interrupt", id: 1 } as const;

let running: CellProcess | undefined;
afterEach(() => running?.close());

/** Starts `main`; `death()` resolves with the next reason that is told. */
function start(main: string) {
  const reasons: string[] = [];
  const texts: string[] = [];
  let wake = () => {};
  const cells = startCellProcess(
    {
      frame: () => {},
      text: (_, text) => texts.push(text),
      died: (reason) => {
        reasons.push(reason);
        wake();
      },
    },
    main,
  );
  running = cells;
  const death = async () => {
    if (reasons.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return reasons.shift()!;
  };
  return { cells, death, texts };
}

describe("the process of the cells", () => {
  it("that can't start is given up with a sentence, not with Node's stack", async () => {
    const { death, texts } = start(script("broken", `throw new Error("nothing works here");`));
    expect(await death()).toMatch(/^The process of the cells can't start \(exit code 1: Error: nothing works here\): /);
    expect(texts).toEqual([]);
  });

  it("that was given up is started once more for each thing that is sent", async () => {
    const { cells, death } = start(script("still-broken", `throw new Error("still nothing");`));
    await death();
    cells.send(REQUEST);
    expect(await death()).toContain("still nothing");
  });

  it("that ended is told of when the next one is ready", async () => {
    const { cells, death } = start(script("exits", `${READY} process.on("message", () => process.exit(3));`));
    cells.send(REQUEST);
    expect(await death()).toContain("process.exit(3)");
    cells.send(REQUEST);
    expect(await death()).toContain("a fresh process is ready");
  });

  it("that ended and has no successor is told of in one sentence", async () => {
    const main = script(
      "once",
      `const { existsSync, writeFileSync } = require("node:fs");
       if (existsSync(__filename + ".ran")) throw new Error("only once");
       writeFileSync(__filename + ".ran", "");
       ${READY}
       process.on("message", () => process.exit(0));`,
    );
    const { cells, death } = start(main);
    cells.send(REQUEST);
    const reason = await death();
    expect(reason).toContain("a fresh one can't start (exit code 1: Error: only once)");
    expect(reason).not.toContain("is ready");
  });

  it("is over when it exits, even where a process that it started holds its pipes", async () => {
    const main = script(
      "parent",
      `${READY}
       process.on("message", () => {
         const stay = ["-e", "setTimeout(() => {}, 4000)"];
         require("node:child_process").spawn(process.execPath, stay, { stdio: "inherit", detached: true }).unref();
         process.exit(1);
       });`,
    );
    const { cells, death } = start(main);
    const began = Date.now();
    cells.send(REQUEST);
    expect(await death()).toContain("process.exit(1)");
    expect(Date.now() - began).toBeLessThan(3500);
  });
});

describe("obituary", () => {
  it("tells a fault in native code from a signal that somebody sent", () => {
    expect(obituary(null, "SIGSEGV", "")).toContain("crashed (SIGSEGV");
    expect(obituary(null, "SIGTERM", "")).not.toContain("crashed");
    expect(obituary(null, "SIGKILL", "")).toContain("memory ran out");
  });
});
