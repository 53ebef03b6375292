import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { absoluteDataFolder, root, stampFolder } from "../paths.mjs";
import { descendants, killThose, processes } from "../terminal/processes.mjs";
import { handleSignals } from "../terminal/signals.mjs";
import { pageUrl, runtimeFolder, waitForServer } from "./ready.mjs";

const secondsToStop = 12;

/**
 * Runs JupyterLab until it ends or a signal comes, and leaves nothing of it running, kernels in endless loops included.
 * Returns the exit code.
 */
export async function serveLab({ python, args }) {
  const folder = await runtimeFolder(python);
  mkdirSync(stampFolder, { recursive: true });
  const logPath = join(stampFolder, "jupyter.log");
  const log = createWriteStream(logPath);
  const dataFolder = absoluteDataFolder();
  const child = spawn(python, [join(root, "setup", "lab", "serve.py"), ...args], {
    cwd: root,
    env: { ...process.env, ...(dataFolder ? { VITLAB_DATA: dataFolder } : {}), PYTHONUNBUFFERED: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    // Not in the terminal's process group: Ctrl-C is ours to handle, and asks no question.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  let isReady = false;
  let early = "";
  const keep = (chunk) => {
    log.write(chunk);
    if (!isReady) early += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  child.stdin.on("error", () => {});

  let code;
  const ended = new Promise((done) => {
    const end = (exitCode) => {
      code = exitCode ?? 1;
      done();
    };
    child.on("error", () => end(1));
    child.on("exit", end);
  });
  let stopping;
  let stopAsked = 0;
  handleSignals(() => {
    // On a terminal Ctrl-C reaches us twice, from the terminal and through npm. A later one is impatience: don't wait.
    if (stopping && Date.now() - stopAsked > 1000) killThose(descendants(process.pid, processes()));
    if (!stopping) {
      stopAsked = Date.now();
      stopping = stop(child, ended);
    }
  });

  const server = await waitForServer({
    folder,
    pid: child.pid,
    isOver: () => code !== undefined || stopping !== undefined,
  });
  if (server) {
    isReady = true;
    console.log(
      `\nJupyterLab runs; Ctrl-C stops it and its kernels. Its log: ${logPath}\nOpen ${pageUrl(server, args)}`,
    );
  }
  await ended;
  if (stopping) {
    await stopping;
    return 0;
  }
  if (!isReady) process.stdout.write(early);
  if (code !== 0) console.log(`✗ JupyterLab ended with exit code ${code}; its log is ${logPath}`);
  return code;
}

/** Asks the server to stop, and kills what is left of it and of its kernels when it is gone or takes too long. */
async function stop(child, ended) {
  const family = [...descendants(child.pid, processes())];
  child.stdin.end();
  if (process.platform !== "win32") child.kill("SIGTERM");
  await Promise.race([ended, sleep(secondsToStop * 1000, undefined, { ref: false })]);
  family.push(...descendants(child.pid, processes()));
  killThose(family);
  if (child.exitCode === null) child.kill("SIGKILL");
}
