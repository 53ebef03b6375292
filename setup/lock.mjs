import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onInterrupt } from "./terminal/signals.mjs";

const touchEveryMs = 10_000;
// Six touches missed: more than any step keeps the event loop busy.
const deadAfterMs = 60_000;

/**
 * Runs `work` while no other set-up of this clone runs; waits for the other one, and takes over what a dead one left.
 * The lock is touched every 10 s; one that was not for 60 s is dead, whatever host and process it names.
 * `onWait({ pid, host })` is called once if there is somebody to wait for; either is undefined where it is not known.
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  const token = `${process.pid}-${randomBytes(8).toString("hex")}`;
  let told = false;
  while (!take(path, token)) {
    const who = holder(path);
    if (!told) onWait({ pid: who?.pid, host: who?.host });
    told = true;
    await sleep(300);
  }
  const isMine = () => holder(path)?.token === token;
  const touch = setInterval(() => isMine() && touchNow(path), touchEveryMs);
  touch.unref();
  const release = () => {
    clearInterval(touch);
    // Whoever slept for longer than a minute may find that another has taken its place.
    if (isMine()) rmSync(path, { recursive: true, force: true });
  };
  const forget = onInterrupt(release);
  try {
    return await work();
  } finally {
    forget();
    release();
  }
}

function take(path, token) {
  try {
    mkdirSync(path);
    writeFileSync(join(path, "holder.json"), JSON.stringify({ pid: process.pid, host: hostname(), token }));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    removeIfDead(path, token);
    return false;
  }
}

/** Moved aside first: of two that find a dead lock, the slower one must not remove what the faster one has taken. */
function removeIfDead(path, token) {
  const judged = JSON.stringify(holder(path));
  if (!isDead(path)) return;
  const aside = `${path}.${token}`;
  try {
    renameSync(path, aside);
    if (JSON.stringify(holder(aside)) === judged) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, path);
  } catch (error) {
    // Another one was here first.
    if (!["ENOENT", "EEXIST", "ENOTEMPTY", "EPERM"].includes(error.code)) throw error;
  }
}

function touchNow(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Removed by hand: then it holds nobody back any more.
  }
}

function holder(path) {
  try {
    return JSON.parse(readFileSync(join(path, "holder.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function isDead(path) {
  const who = holder(path);
  let age;
  try {
    age = Date.now() - statSync(path).mtimeMs;
  } catch {
    return false;
  }
  // Its holder is named a moment after the folder is made; a folder that stays nameless belongs to nobody.
  if (!who) return age > 5000;
  return age > deadAfterMs || (who.host === hostname() && !isAlive(who.pid));
}

/** Whether a process of this machine runs under that number. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
