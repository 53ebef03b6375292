import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onInterrupt } from "./terminal/signals.mjs";

/**
 * Runs `work` while no other set-up of this clone runs; waits for the other one, and takes over what a dead one left.
 * `onWait(pid)` is called once if there is somebody to wait for.
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    if (!told) onWait(holder(path)?.pid);
    told = true;
    await sleep(300);
  }
  const release = () => rmSync(path, { recursive: true, force: true });
  const forget = onInterrupt(release);
  try {
    return await work();
  } finally {
    forget();
    release();
  }
}

function take(path) {
  try {
    mkdirSync(path);
    writeFileSync(join(path, "holder.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (isDead(path)) rmSync(path, { recursive: true, force: true });
    return false;
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
  try {
    // Its holder is named a moment after the folder is made; a folder that stays nameless belongs to nobody.
    if (!who) return Date.now() - statSync(path).mtimeMs > 5000;
  } catch {
    return false;
  }
  return who.host === hostname() && !isAlive(who.pid);
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
