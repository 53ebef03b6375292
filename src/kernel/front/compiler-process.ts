import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Compiler, CompilerReply } from "../compiler/protocol";
import { compilerCommand, snapshotFile } from "../compiler/snapshot";

type Method = keyof Compiler;

interface Waiting {
  readonly request: object;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface CompilerProcess extends Compiler {
  /** Ends what is being compiled: the calls under way reject, the next one meets a fresh process. */
  restart(reason: string): void;
  close(): void;
}

/**
 * Holds the process in which TypeScript lives. It is started at once, from a snapshot where there is one; when it ends
 * by itself, the calls under way reject and a fresh one takes over.
 */
export function startCompiler(log: (text: string) => void): CompilerProcess {
  let snapshot = true;
  let child: ChildProcess;
  let next = 0;
  let closed = false;
  let failures = 0;
  const waiting = new Map<number, Waiting>();

  const start = () => {
    const command = compilerCommand({ snapshot });
    const me = spawn(command[0]!, command.slice(1), {
      // Options for the cells' V8 (--max-old-space-size, say) are not for this one: the snapshot would not fit.
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    });
    child = me;
    let ready = false;
    let said = "";
    const hear = (text: Buffer) => {
      said = (said + text).slice(-4000);
    };
    me.stdout!.on("data", hear);
    me.stderr!.on("data", hear);
    me.on("message", (message: CompilerReply) => {
      if ("ready" in message) {
        ready = true;
        failures = 0;
        if (command.length === 2) prepareNextStart();
        return;
      }
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if ("error" in message) call?.reject(new Error(message.error));
      else call?.resolve(message.result);
    });
    const ended = (how: string) => {
      if (closed || child !== me) return;
      // A snapshot that doesn't start (another Node.js, a damaged file) must not stop anybody: without it, it takes longer.
      if (!ready && snapshot) {
        snapshot = false;
        rmSync(snapshotFile(), { force: true });
        start();
        return;
      }
      failures++;
      fail(`The TypeScript compiler ended (${how})${said ? `: ${said.trim()}` : ""}. Run the cell again.`);
      if (failures < 3) start();
      else log(`The TypeScript compiler ends again and again; restart the kernel. It said: ${said.trim()}\n`);
    };
    me.on("error", (error) => ended(error.message));
    me.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
    // What an earlier process left unanswered.
    for (const { request } of waiting.values()) me.send(request);
  };

  const fail = (reason: string) => {
    for (const call of waiting.values()) call.reject(new Error(reason));
    waiting.clear();
  };

  const call = (method: Method, argument: object): Promise<never> =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++next;
      const request = { id, method, argument };
      waiting.set(id, { request, resolve, reject });
      if (child.connected) child.send(request);
    }) as Promise<never>;

  start();
  return {
    compile: (request) => call("compile", request),
    keep: (request) => call("keep", request),
    complete: (request) => call("complete", request),
    inspect: (request) => call("inspect", request),
    isComplete: (request) => call("isComplete", request),
    restart: (reason) => {
      const old = child;
      fail(reason);
      start();
      old.kill("SIGKILL");
    },
    close: () => {
      closed = true;
      child.kill("SIGKILL");
    },
  };
}

/** Makes the snapshot that wasn't there, in a process of its own that nobody waits for. */
function prepareNextStart(): void {
  const script = join(__dirname, "..", "compiler", "build-snapshot.js");
  const builder = spawn(process.execPath, [script], { detached: true, stdio: "ignore" });
  builder.on("error", () => {});
  builder.unref();
}
