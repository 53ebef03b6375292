import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { FrameDecoder } from "../../../src/kernel/child/frames";
import {
  BREAK_IN,
  type FromChild,
  NODE_FLAGS,
  OUTPUT_FD,
  type ToChild,
  WATCHDOG_FD,
} from "../../../src/kernel/child/protocol";
import type { LineMap } from "../../../src/kernel/compiler/protocol";

const MAIN = process.env.VITLAB_CHILD ?? join(__dirname, "../../../dist/kernel/child/main.js");
const PATIENCE_MS = 150;

type Execute = Extract<ToChild, { type: "execute" }>;
export type Done = Extract<FromChild, { type: "done" }> & { readonly result?: { data: Record<string, unknown> } };
export type Published = Extract<FromChild, { type: "publish" }> & {
  readonly content: Record<string, unknown>;
  readonly buffers: readonly Buffer[];
};

export interface Driver {
  readonly process: ChildProcess;
  /** Everything that came, in order. */
  readonly frames: readonly FromChild[];
  readonly published: readonly Published[];
  /** Starts a cell of hand-written JavaScript as the compiler would make it. */
  start(output: string, more?: Partial<Execute>): { readonly parent: number; readonly done: Promise<Done> };
  run(output: string, more?: Partial<Execute>): Promise<Done>;
  /** Interrupts as the front does: politely, then through the watchdog. */
  interrupt(): Promise<void>;
  comm(message: Partial<Extract<ToChild, { type: "comm" }>>): Promise<void>;
  send(message: ToChild): void;
  /** What `parent` printed. */
  printed(parent: number, name?: "stdout" | "stderr"): string;
  /** Resolves with the first frame that fits, past or to come. */
  waitFor<T extends FromChild>(fits: (frame: FromChild) => frame is T): Promise<T>;
  until(holds: () => boolean): Promise<void>;
  close(): void;
}

/** Starts the compiled child, and plays the front. */
export function drive(options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Driver {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first.`);
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe", "pipe"],
    serialization: "advanced",
    cwd: options.cwd ?? join(__dirname, "../../.."),
    env: { ...process.env, ...options.env },
  });
  const frames: FromChild[] = [];
  const published: Published[] = [];
  const results = new Map<number, Done["result"]>();
  const watchers = new Set<() => void>();
  const hear = (frame: FromChild, buffers: readonly Buffer[]) => {
    frames.push(frame);
    if (frame.type === "publish") {
      const [content, ...rest] = buffers;
      published.push({ ...frame, content: JSON.parse(content!.toString()), buffers: rest });
    }
    if (frame.type === "done" && buffers[0]) results.set(frame.id, JSON.parse(buffers[0].toString()));
    for (const watcher of watchers) watcher();
  };
  for (const fd of [OUTPUT_FD, WATCHDOG_FD]) {
    const decoder = new FrameDecoder(hear);
    const pipe = child.stdio[fd] as Readable;
    pipe.on("data", (chunk: Buffer) => decoder.push(chunk)).on("error", () => {});
  }
  child.stderr!.on("data", (text) => process.env.VITLAB_DEBUG && process.stderr.write(text));
  child.stdout!.on("data", (text) => process.env.VITLAB_DEBUG && process.stdout.write(text));

  let ids = 0;
  child.setMaxListeners(0);
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (!holds()) return;
        watchers.delete(check);
        child.off("close", died);
        resolve();
      };
      const died = () => reject(new Error(`the child ended: ${child.exitCode ?? child.signalCode}`));
      watchers.add(check);
      child.once("close", died);
      check();
    });
  const waitFor = async <T extends FromChild>(fits: (frame: FromChild) => frame is T): Promise<T> => {
    await until(() => frames.some(fits));
    return frames.find(fits)!;
  };

  const start: Driver["start"] = (output, more = {}) => {
    const id = ++ids;
    const hasTopLevelAwait = /\bawait\b/.test(output);
    child.send({
      type: "execute",
      id,
      parent: id,
      cell: `Cell[${id}]`,
      source: output,
      output,
      map: identityMap(output),
      requestId: "",
      deletedCells: [],
      names: [],
      hasTopLevelAwait,
      imports: [],
      modules: [],
      allowStdin: false,
      showResult: true,
      ...(/exports\.last\b/.test(output) ? { lastExpression: "last" } : {}),
      ...more,
    } satisfies Execute);
    const done = waitFor((frame): frame is Done => frame.type === "done" && frame.id === id).then((frame) => {
      const result = results.get(id);
      return result ? { ...frame, result } : frame;
    });
    done.catch(() => {});
    return { parent: more.parent ?? id, done };
  };

  return {
    process: child,
    frames,
    published,
    start,
    run: (output, more) => start(output, more).done,
    interrupt: async () => {
      const id = ++ids;
      child.send({ type: "interrupt", id } satisfies ToChild);
      const knock = setInterval(() => (child.stdio[WATCHDOG_FD] as Duplex).write(`${BREAK_IN}\n`), PATIENCE_MS);
      try {
        await until(() => frames.some((frame) => frame.type === "interrupted" && frame.id === id));
      } finally {
        clearInterval(knock);
      }
    },
    comm: async (message) => {
      const id = ++ids;
      const defaults = {
        type: "comm",
        id,
        parent: id,
        requestId: "",
        kind: "comm_msg",
        metadata: {},
        buffers: [],
      } as const;
      child.send({ ...defaults, content: { comm_id: "c" }, ...message } satisfies ToChild);
      await until(() => frames.some((frame) => frame.type === "handled" && frame.id === id));
    },
    send: (message) => void child.send(message),
    printed: (parent, name = "stdout") =>
      frames.flatMap((f) => (f.type === "stream" && f.parent === parent && f.name === name ? [f.text] : [])).join(""),
    waitFor,
    until,
    close: () => void child.kill("SIGKILL"),
  };
}

/** The map of code that stands as it was written. */
export function identityMap(code: string): LineMap {
  return code.split("\n").map((text, line) => [...text].flatMap((_, column) => [column, line, column]));
}
