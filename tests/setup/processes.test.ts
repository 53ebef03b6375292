import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { load } from "./load";

test("descendants are children and their children, not the rest", async () => {
  const { descendants } = await load("terminal/processes.mjs");
  const all = [
    { pid: 1, parent: 0 },
    { pid: 2, parent: 1 },
    { pid: 3, parent: 2 },
    { pid: 4, parent: 3 },
    { pid: 5, parent: 1 },
  ];
  expect(descendants(2, all).map((each: { pid: number }) => each.pid)).toEqual([3, 4]);
});

test.skipIf(process.platform === "win32")("a busy child in a session of its own is found and killed", async () => {
  const { descendants, killThose, processes } = await load("terminal/processes.mjs");
  const child = spawn(process.execPath, ["-e", "console.log(1); while (true) {}"], { detached: true });
  await once(child.stdout, "data");
  const mine = descendants(process.pid, processes()).filter((each: { pid: number }) => each.pid === child.pid);
  expect(mine).toHaveLength(1);
  killThose([{ ...mine[0], started: "at another time" }]);
  expect(child.killed || child.signalCode !== null).toBe(false);
  killThose(mine);
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
});
