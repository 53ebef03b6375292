import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { descendants, killThose, processes } from "../../setup/terminal/processes.mjs";
import { onInterrupt } from "../../setup/terminal/signals.mjs";

/** What stands before an answer, so that nothing else a library prints is taken for one. */
export const answerMark = "@bench ";

const keptCharacters = 4000;
const grace = 3000;

/**
 * Starts a competitor in a process of its own that waits for orders, so that whoever's turn it isn't costs nothing and keeps
 * its caches and compiled code.
 *
 * `ask(order)` resolves to its answer and throws what went wrong there; `end()` ends it and all that it started.
 */
export function startCompetitor({ command, args, env, cwd }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  let waiting;
  let ended;
  const gone = new Promise((resolve) => {
    const end = (why) => {
      ended ??= why;
      waiting?.reject(new Error(ended));
      resolve();
    };
    child.on("error", (error) => end(`${command} does not start: ${error.message}`));
    child.on("close", (code, signal) => end(`it ended with ${signal ?? `code ${code}`}: ${lastLine(said)}`));
  });
  child.stdin.on("error", () => {});
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    said = (said + chunk).slice(-keptCharacters);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith(answerMark)) {
      said = `${said}${line}\n`.slice(-keptCharacters);
      return;
    }
    const answer = JSON.parse(line.slice(answerMark.length));
    const { resolve, reject } = waiting ?? {};
    waiting = undefined;
    if (answer.error) reject?.(new Error(answer.error));
    else resolve?.(answer);
  });
  const forget = onInterrupt(() => killFamily(child));
  return {
    ask(order) {
      if (ended) return Promise.reject(new Error(ended));
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        child.stdin.write(`${JSON.stringify(order)}\n`);
      });
    },
    async end() {
      child.stdin.end();
      const timer = setTimeout(() => killFamily(child), grace);
      await gone;
      clearTimeout(timer);
      forget();
    },
  };
}

function killFamily(child) {
  if (child.pid === undefined || child.exitCode !== null) return;
  const family = descendants(child.pid, processes());
  child.kill("SIGKILL");
  killThose(family);
}

function lastLine(text) {
  return text.trim().split("\n").at(-1)?.slice(0, 300) || "it said nothing";
}
