import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Compiler, CompilerReply } from "../compiler/protocol";
import { compilerCommand, snapshotFile } from "../compiler/snapshot";
import { startFolder } from "./start-folder";

type Method = keyof Compiler;

/** So many processes in a row may end without an answer; the next one is started when something is asked. */
const MOST_FAILURES = 3;
/** Signals by which others end a process; by all the rest it ends itself. */
const ENDED_BY_OTHERS: readonly (string | null)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

interface Waiting {
  readonly request: object;
  /** A process ended over it: a second one is not risked on a third. */
  resent: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface CompilerProcess extends Compiler {
  /** Is given a sentence when the compiler can't be started and nobody waits for it; to be set, stderr until then. */
  onTrouble: (sentence: string) => void;
  /** Ends what is being compiled: the calls under way reject, the next one meets a fresh process. */
  restart(reason: string): void;
  close(): void;
}

/**
 * Holds the process in which TypeScript lives. It is started at once, from a snapshot where there is one; when it ends
 * by itself, a fresh one takes over what was asked. Processes that end again and again have the calls reject.
 */
export function startCompiler(commandOf = compilerCommand): CompilerProcess {
  let snapshot = true;
  let child: ChildProcess;
  let next = 0;
  let closed = false;
  let failures = 0;
  let givenUp = false;
  const waiting = new Map<number, Waiting>();

  const start = () => {
    givenUp = false;
    const command = commandOf({ snapshot });
    const me = spawn(command[0]!, command.slice(1), {
      cwd: startFolder(),
      // Options for the cells' V8 (--max-old-space-size, say) are not for this one: the snapshot would not fit.
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    });
    child = me;
    let ready = false;
    let over = false;
    let said = "";
    const hear = (text: Buffer) => {
      said = (said + text).slice(-4000);
    };
    me.stdout?.on("data", hear);
    me.stderr?.on("data", hear);
    me.on("message", (message: CompilerReply) => {
      if ("ready" in message) {
        ready = true;
        if (command.length === 2) prepareNextStart();
        return;
      }
      failures = 0;
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if ("error" in message) call?.reject(new Error(message.error));
      else call?.resolve(message.result);
    });
    const ended = (how: string, byItself: boolean) => {
      if (closed || over || child !== me) return;
      over = true;
      // A snapshot that doesn't start (another Node.js, a damaged file) must not stop anybody: without it, it takes longer.
      if (!ready && snapshot && byItself) {
        snapshot = false;
        removeSnapshot();
        start();
        return;
      }
      const why = `${how}${said.trim() ? `: ${lastLine(said)}` : ""}`;
      if (++failures >= MOST_FAILURES) {
        givenUp = true;
        const sentence = `The TypeScript compiler ends again and again (${why}): run the cell again, and where that doesn't help restart the kernel.`;
        if (waiting.size === 0) compiler.onTrouble(`${sentence}\n`);
        fail(sentence);
        return;
      }
      if (ready)
        fail(`The TypeScript compiler ended twice over this (${why}): change the cell.`, ({ resent }) => resent);
      for (const call of waiting.values()) call.resent ||= ready;
      start();
    };
    me.on("error", (error) => {
      if (me.pid === undefined) ended(error.message, false);
    });
    me.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`, !ENDED_BY_OTHERS.includes(signal)));
    // What an earlier process left unanswered.
    for (const { request } of waiting.values()) post(me, request);
  };

  const fail = (reason: string, concerns: (call: Waiting) => boolean = () => true) => {
    for (const [id, call] of waiting) {
      if (!concerns(call)) continue;
      waiting.delete(id);
      call.reject(new Error(reason));
    }
  };

  const call = (method: Method, argument: object): Promise<never> =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++next;
      const request = { id, method, argument };
      waiting.set(id, { request, resent: false, resolve, reject });
      if (givenUp) start();
      else post(child, request);
    }) as Promise<never>;

  const compiler: CompilerProcess = {
    onTrouble: (sentence) => process.stderr.write(sentence),
    compile: (request) => call("compile", request),
    keep: (request) => call("keep", request),
    merge: (request) => call("merge", request),
    complete: (request) => call("complete", request),
    inspect: (request) => call("inspect", request),
    isComplete: (request) => call("isComplete", request),
    check: (request) => call("check", request),
    signatures: (request) => call("signatures", request),
    origin: (request) => call("origin", request),
    nameUse: (request) => call("nameUse", request),
    mentions: (request) => call("mentions", request),
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
  start();
  return compiler;
}

/** What can't be sent any more is sent to the next process. */
function post(child: ChildProcess, request: object): void {
  if (child.connected) child.send(request, () => {});
}

function removeSnapshot(): void {
  try {
    rmSync(snapshotFile(), { force: true });
  } catch {
    // A folder, or where nothing may be changed: this kernel does without.
  }
}

function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)!).trim();
}

/** Makes the snapshot that wasn't there, in a process of its own that nobody waits for. */
function prepareNextStart(): void {
  const script = join(__dirname, "..", "compiler", "build-snapshot.js");
  const builder = spawn(process.execPath, [script], { detached: true, stdio: "ignore" });
  builder.on("error", () => {});
  builder.unref();
}
