import type { CompiledModule, LineMap } from "../compiler/protocol";
import type { CommMessage, ErrorReport, ParentId } from "../jupyter";
import type { LiveValue } from "./live-values";

/** Front to child, over Node's IPC channel ("advanced" serialization, so buffers stay binary). */
export type ToChild =
  | {
      readonly type: "execute";
      readonly id: number;
      readonly parent: ParentId;
      /** The `msg_id` of the request. */
      readonly requestId: string;
      /** What the front end calls the cell, where it says so. */
      readonly cellId?: string;
      /** Cells that are gone from the notebook. */
      readonly deletedCells: readonly string[];
      readonly cell: string;
      readonly source: string;
      readonly output: string;
      readonly map: LineMap;
      readonly names: readonly string[];
      readonly hasTopLevelAwait: boolean;
      readonly lastExpression?: string;
      readonly imports: readonly string[];
      readonly modules: readonly CompiledModule[];
      /** Whether `input()` may ask this client. */
      readonly allowStdin: boolean;
      /** Whether the value of the last expression is to be shown. */
      readonly showResult: boolean;
    }
  | ({ readonly type: "comm"; readonly id: number } & CommMessage)
  | { readonly type: "interrupt"; readonly id: number }
  | { readonly type: "input_reply"; readonly id: number; readonly value: string }
  /** What does `path` lead to from a variable? */
  | { readonly type: "look"; readonly id: number; readonly path: readonly string[] }
  /** Which names have the cells that run given a value so far? */
  | { readonly type: "assigned"; readonly id: number }
  /** `%reset`: forget every variable. */
  | { readonly type: "reset"; readonly id: number };

/**
 * Child to front, over a pipe of its own (file descriptor 5), written synchronously, so that nothing is lost or
 * reordered when the child blocks or dies, and a flood of output waits for the front. One frame:
 * u32 length of the rest | u32 length of head | head (JSON of FromChild) | u32 length | buffer | u32 length | buffer …
 * All integers little endian.
 */
export type FromChild =
  | { readonly type: "ready" }
  | { readonly type: "stream"; readonly parent: ParentId; readonly name: "stdout" | "stderr"; readonly text: string }
  /** Any iopub message: display_data, update_display_data, clear_output, comm_open, comm_msg, comm_close. buffers[0] is the content as JSON, the rest belong to the message. */
  | {
      readonly type: "publish";
      readonly parent: ParentId;
      readonly kind: string;
      readonly metadata: Record<string, unknown>;
      /** For comm messages: what the registry of open comms in the front needs. */
      readonly comm?: { readonly id: string; readonly target?: string };
    }
  | {
      readonly type: "input_request";
      readonly id: number;
      readonly parent: ParentId;
      readonly prompt: string;
      readonly password: boolean;
    }
  /** Whether the target has a handler: what the front needs to know which comm_open has to wait for a cell. */
  | { readonly type: "comm_target"; readonly name: string; readonly registered: boolean }
  | { readonly type: "payload"; readonly parent: ParentId; readonly payload: Record<string, unknown> }
  /** End of an execute. `ran`: which of `names` have a new value. buffers[0], where there is a result: the MIME bundle and metadata as JSON `{data, metadata}`. */
  | {
      readonly type: "done";
      readonly id: number;
      readonly status: "ok" | "error";
      readonly ran: readonly string[];
      /** The working folder. */
      readonly folder: string;
      readonly error?: ErrorReport;
    }
  /** The answer to `assigned`, by the `id` of each execute that is under way. */
  | {
      readonly type: "assigned";
      readonly id: number;
      readonly names: readonly (readonly [id: number, names: readonly string[]])[];
    }
  /** The answer to `look`. */
  | { readonly type: "seen"; readonly id: number; readonly value: LiveValue | null }
  /** The handlers of a comm message, or a reset, ended. */
  | { readonly type: "handled"; readonly id: number }
  /** An interrupt arrived in the main thread; the watchdog isn't needed (any more). */
  | { readonly type: "interrupted"; readonly id: number }
  /** From the watchdog: an answer `{id, result}`, `{id, error}` or an event `{method, params}` of the inspector protocol. */
  | { readonly type: "inspector"; readonly message: InspectorMessage }
  /** The watchdog is about to end the process, and why. Comes over WATCHDOG_FD, in frames of the same form. */
  | { readonly type: "dying"; readonly reason: string };

/** What the inspector says through the watchdog. */
export interface InspectorMessage {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

/** The line that the front writes to WATCHDOG_FD to have blocked JavaScript broken. */
export const BREAK_IN = "T";

/**
 * File descriptors of the child. WATCHDOG_FD is a pipe of both directions: lines come in, BREAK_IN or a request of the
 * inspector protocol as JSON `{id, method, params}`; frames `inspector` and `dying` go out (the
 * watchdog is a thread of its own, whose frames must not get into those of the main thread). Its end is the end of the
 * child.
 */
export const WATCHDOG_FD = 4;
export const OUTPUT_FD = 5;

/** What Node.js is started with to run the cells. */
export const NODE_FLAGS = [
  // Terminating JavaScript in the middle of a callback trips this check of Node's.
  "--no-force-async-hooks-checks",
  // Lets `import.meta.resolve` be asked what an import stands for in another file.
  "--experimental-import-meta-resolve",
].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
