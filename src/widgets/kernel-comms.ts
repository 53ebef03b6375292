/** A message on a comm, as the kernel hands it over. */
export interface CommMessage {
  readonly data: unknown;
  readonly buffers: readonly Uint8Array[];
}

export interface Comm {
  readonly commId: string;
  onMessage(listener: (message: CommMessage) => void): () => void;
  onClose(listener: (message: CommMessage) => void): () => void;
  send(data: unknown, options?: { metadata?: Record<string, unknown>; buffers?: readonly Uint8Array[] }): void;
  close(): void;
}

/** What widgets need of the notebook's kernel. */
export interface KernelComms {
  readonly requestId: string;
  openComm(
    target: string,
    data?: unknown,
    options?: { metadata?: Record<string, unknown>; buffers?: readonly Uint8Array[]; commId?: string },
  ): Comm;
  /** What `show` sends of a value. */
  present(
    value: unknown,
  ): Promise<{ readonly data: Record<string, unknown>; readonly metadata: Record<string, unknown> }>;
  /** Calls `listener` before the cell that runs now is run again; returns a function that takes it back. */
  onRerun(listener: () => void): () => void;
  /** Shows what a value is, or what a promise gives; resolves when it was sent. */
  show(value: unknown, options?: { displayId?: string; update?: boolean }): Promise<void>;
}

/** The kernel that runs this code, or undefined where there is none with comms: a script, stock tslab. */
export function kernelComms(): KernelComms | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("vitlab.kernel")] as KernelComms | undefined;
}
