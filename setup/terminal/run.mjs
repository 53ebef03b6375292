import { spawn } from "node:child_process";
import { withoutNetwork } from "./offline.mjs";
import { descendants, killThose, processes } from "./processes.mjs";
import { onInterrupt } from "./signals.mjs";

const keptCharacters = 200_000;

/**
 * Runs a program to its end and returns `{ ok, code, output, missing }`; never throws for what the program does.
 * `output` is the end of stdout and stderr together; `missing` says that there is no such program.
 */
export function run(command, args, { cwd, env, onLine, inherit = false, timeoutSeconds } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd,
      env: withoutNetwork(env ?? process.env),
      stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
      // Its own process group: Ctrl-C is then ours to handle, once and in order.
      detached: !inherit && process.platform !== "win32",
      shell: process.platform === "win32" && command.endsWith(".cmd"),
      windowsHide: true,
    });
    const kill = () => endFamily(child);
    const forget = onInterrupt(kill);
    const timer = timeoutSeconds === undefined ? undefined : setTimeout(kill, timeoutSeconds * 1000);
    let output = "";
    let line = "";
    const take = (chunk) => {
      output = (output + chunk).slice(-keptCharacters);
      if (!onLine) return;
      const lines = (line + chunk).split(/\r?\n|\r/);
      line = lines.pop() ?? "";
      for (const each of lines) onLine(each);
    };
    const finish = (result) => {
      clearTimeout(timer);
      forget();
      done({ output, missing: false, ...result });
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    child.on("error", (error) =>
      finish({ ok: false, code: undefined, missing: error.code === "ENOENT", output: error.message }),
    );
    child.on("close", (code, signal) => finish({ ok: code === 0, code: code ?? undefined, signal }));
  });
}

/** Ends a child and all that descends from it, sessions of their own (notebook kernels) included. */
function endFamily(child) {
  if (child.pid === undefined || child.exitCode !== null) return;
  const family = descendants(child.pid, processes());
  try {
    child.kill("SIGKILL");
  } catch {
    // It has just ended by itself.
  }
  killThose(family);
}

/** The line of a program's output that says most about why it failed, without the program's own decoration. */
export function lastWords(output) {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling = lines.filter((line) => /\berror\b|cannot|failed|not found|no space/i.test(line));
  const line = telling.at(-1) ?? lines.at(-1) ?? "it said nothing";
  return line.replace(/^(npm (error|ERR!)|ERROR:|error:)\s*/i, "").slice(0, 300);
}
