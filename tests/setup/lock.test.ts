import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { load } from "./load";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-lock-"));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** A lock that somebody else took, last touched so many seconds ago. */
function lockOf(holder: { pid: number; host: string }, secondsAgo: number): string {
  const path = join(folder, "lock");
  mkdirSync(path);
  writeFileSync(join(path, "holder.json"), JSON.stringify(holder));
  touch(path, secondsAgo);
  return path;
}

function touch(path: string, secondsAgo: number): void {
  const then = new Date(Date.now() - secondsAgo * 1000);
  utimesSync(path, then, then);
}

test("a lock left by a dead process is taken over, one of a living process is waited for", async () => {
  const { withLock } = await load("lock.mjs");
  const path = lockOf({ pid: 2 ** 22 + 1, host: hostname() }, 0);
  const order: string[] = [];
  await Promise.all([
    withLock(path, async () => {
      order.push("first in");
      await new Promise((done) => setTimeout(done, 50));
      order.push("first out");
    }),
    withLock(path, async () => order.push("second in")),
  ]);
  expect(order.indexOf("second in") - order.indexOf("first in")).not.toBe(1);
});

test("a lock that was not touched for a minute is dead, whatever host or process it names", async () => {
  const { withLock } = await load("lock.mjs");
  for (const holder of [
    { pid: 1, host: "another-host" },
    { pid: process.pid, host: hostname() },
  ]) {
    const path = lockOf(holder, 61);
    expect(await withLock(path, async () => "done")).toBe("done");
    expect(readdirSync(folder)).toEqual([]);
  }
});

test("a lock of another host that was touched within the minute is waited for", async () => {
  const { withLock } = await load("lock.mjs");
  const path = lockOf({ pid: 77, host: "another-host" }, 50);
  const waits: unknown[] = [];
  await withLock(
    path,
    async () => {},
    (who: unknown) => {
      waits.push(who);
      rmSync(path, { recursive: true });
    },
  );
  expect(waits).toEqual([{ pid: 77, host: "another-host" }]);
});

test("a lock is touched every ten seconds while its holder works", async () => {
  const { withLock } = await load("lock.mjs");
  const path = join(folder, "lock");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await withLock(path, async () => {
    touch(path, 59);
    vi.advanceTimersByTime(10_000);
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(5_000);
  });
  expect(vi.getTimerCount()).toBe(0);
});

test("a holder whose lock was taken over leaves the new one alone", async () => {
  const { withLock } = await load("lock.mjs");
  const path = join(folder, "lock");
  await withLock(path, async () => {
    rmSync(path, { recursive: true });
    lockOf({ pid: 77, host: "another-host" }, 0);
  });
  expect(existsSync(join(path, "holder.json"))).toBe(true);
});

test("who waits is told for whom, and what to do if nobody is there", async () => {
  const { waitingFor } = await load("run-step.mjs");
  expect(waitingFor({ pid: 77, host: "another-host" })).toBe(
    "another set-up of this folder is at work (process 77 on another-host); waiting for it … remove .setup/lock if that is not so",
  );
  expect(waitingFor({})).toContain("(an unknown process)");
});
