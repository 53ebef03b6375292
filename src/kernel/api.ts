/**
 * What the kernel offers to the code in a cell and to libraries: comms with binary buffers, displays, input.
 * `import { openComm } from "vitlab/kernel"`, or, without a dependency, `globalThis[Symbol.for("vitlab.kernel")]`.
 */
export const KERNEL = Symbol.for("vitlab.kernel");

/** What came over a comm. */
export interface CommMessage {
  readonly data: unknown;
  readonly metadata: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

/** What goes with a message. */
export interface CommSendOptions {
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

/** One end of a comm, named as in the Jupyter protocol. */
export interface Comm {
  readonly commId: string;
  readonly targetName: string;
  readonly closed: boolean;
  /** Calls `listener` with every message of the front end; returns a function that stops it. */
  onMessage(listener: (message: CommMessage) => void): () => void;
  /** Calls `listener` when the front end closes the comm; returns a function that stops it. */
  onClose(listener: (message: CommMessage) => void): () => void;
  /** Sends a comm_msg. Throws when the comm is closed. */
  send(data: unknown, options?: CommSendOptions): void;
  /** Sends a comm_close; does nothing when the comm is closed. */
  close(data?: unknown, options?: CommSendOptions): void;
}

/** How a comm is opened. */
export interface OpenCommOptions extends CommSendOptions {
  readonly commId?: string;
}

/** How something is shown. */
export interface DisplayOptions {
  readonly metadata?: Record<string, unknown>;
  readonly displayId?: string;
  /** Replaces what was displayed under `displayId`. */
  readonly update?: boolean;
}

/** What the kernel does for the code in a cell. */
export interface Kernel {
  /** Shows a MIME bundle. */
  display(bundle: Readonly<Record<string, unknown>>, options?: DisplayOptions): void;
  /**
   * Shows a value, or what a promise gives, as the last expression of a cell is shown; resolves when it was sent. The
   * cell that calls it isn't over before.
   */
  show(value: unknown, options?: DisplayOptions): Promise<void>;
  /** What `show` sends of a value. */
  present(
    value: unknown,
  ): Promise<{ readonly data: Record<string, unknown>; readonly metadata: Record<string, unknown> }>;
  /** Clears the cell's output, at once or with `wait` when the next output comes. */
  clearOutput(wait?: boolean): void;
  /** Opens a comm to `target` of the front end (comm_open). */
  openComm(target: string, data?: unknown, options?: OpenCommOptions): Comm;
  /** Has `handler` called when the front end opens a comm to `target`; returns a function that ends that. */
  registerCommTarget(target: string, handler: (comm: Comm, message: CommMessage) => void): () => void;
  /** Asks the person in front of the notebook for a line of text. */
  input(prompt?: string, options?: { readonly password?: boolean }): Promise<string>;
  /** Puts `text` into the next cell (or in place of this one) after the cell ended: the payload `set_next_input`. */
  setNextInput(text: string, options?: { readonly replace?: boolean }): void;
  /**
   * Calls `listener` once, before the cell that runs now is run again, or when any cell runs after this one was deleted;
   * returns a function that takes it back. Only of front ends that say which cell they run: JupyterLab, Notebook, VS Code.
   */
  onRerun(listener: () => void): () => void;
  /** The `msg_id` of the request that runs now: its outputs name it as their parent. */
  readonly requestId: string;
  /** Aborts when the person stops the cell that runs now: hand it to `fetch`, a training run, anything that takes one. */
  readonly signal: AbortSignal;
}

/**
 * The kernel that runs this code, or undefined outside of one.
 *
 * @example
 * ```ts
 * import { currentKernel } from "vitlab/kernel";
 *
 * // In a cell the kernel, in a program nothing.
 * const kernel = currentKernel();
 * kernel?.display({ "text/plain": "hello" });
 * console.log(kernel); // undefined
 * ```
 */
export function currentKernel(): Kernel | undefined {
  return (globalThis as { [KERNEL]?: Kernel })[KERNEL];
}

function kernel(call: string): Kernel {
  const found = currentKernel();
  if (!found) throw new Error(`${call} needs a notebook: run this in a cell of the kernel "TypeScript (vitlab)".`);
  return found;
}

/**
 * Opens a comm to `target` of the front end (comm_open). Throws outside of the kernel.
 *
 * @example
 * ```ts
 * import { currentKernel, openComm } from "vitlab/kernel";
 *
 * // A library that also runs without a notebook asks first.
 * const comm = currentKernel() && openComm("my-plots", { count: 3 });
 * comm?.send({ count: 4 });
 * console.log(comm?.commId); // undefined
 * ```
 */
export function openComm(target: string, data?: unknown, options?: OpenCommOptions): Comm {
  return kernel("openComm").openComm(target, data, options);
}

/** Has `handler` called when the front end opens a comm to `target`; returns a function that ends that. Throws outside of the kernel. */
export function registerCommTarget(target: string, handler: (comm: Comm, message: CommMessage) => void): () => void {
  return kernel("registerCommTarget").registerCommTarget(target, handler);
}

/** Shows a MIME bundle. Throws outside of the kernel. */
export function displayBundle(bundle: Readonly<Record<string, unknown>>, options?: DisplayOptions): void {
  kernel("displayBundle").display(bundle, options);
}

/** Clears the cell's output, at once or with `wait` when the next output comes. Throws outside of the kernel. */
export function clearOutput(wait = false): void {
  kernel("clearOutput").clearOutput(wait);
}

/** Puts `text` into the next cell after this one ended. Throws outside of the kernel. */
export function setNextInput(text: string, options?: { readonly replace?: boolean }): void {
  kernel("setNextInput").setNextInput(text, options);
}
