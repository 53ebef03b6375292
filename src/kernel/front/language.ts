import type { CommKind, CommMessage, MimeBundle, Outcome, ParentId } from "../jupyter";

export type Content = Record<string, unknown>;

/** What a language says of itself in kernel_info_reply. */
export interface LanguageInfo {
  readonly implementation: string;
  readonly implementation_version: string;
  readonly banner: string;
  readonly language_info: Content & {
    readonly name: string;
    readonly version: string;
    readonly mimetype: string;
    readonly file_extension: string;
  };
  readonly help_links?: readonly { readonly text: string; readonly url: string }[];
}

/** A cell to run, or an expression that a client asks for beside it. */
export interface Execution {
  readonly code: string;
  readonly parent: ParentId;
  /** The `msg_id` of the request. */
  readonly requestId: string;
  /** The number of the cell, as in `In [3]`. */
  readonly count: number;
  /** What the cell is worth is not shown. */
  readonly silent: boolean;
  readonly expression: boolean;
  /** Whether the client answers questions. */
  readonly allowStdin: boolean;
  /** 0 is the kernel's own shell; requests of others come while its cell is under way. */
  readonly shell: number;
  /** Of the request: some front ends say there which cell they run. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** One of what may stand at the cursor. */
export interface Match {
  readonly text: string;
  readonly kind: string;
  readonly signature?: string;
  readonly documentation?: string;
}

/** `start` and `end` bound what a match replaces, in UTF-16 units, as all places in code that a language sees. */
export interface Matches {
  readonly matches: readonly Match[];
  readonly start: number;
  readonly end: number;
}

export interface Completeness {
  readonly status: "complete" | "incomplete" | "invalid" | "unknown";
  readonly indent?: string;
}

/** What makes a kernel of a front: `info` and `execute`, and as much of the rest as the language has. */
export interface Language {
  readonly info: LanguageInfo;
  /** Runs a cell; those of one shell come one after the other. */
  execute(request: Execution): Promise<Outcome>;
  complete?(code: string, cursor: number): Promise<Matches>;
  /** Null where nothing is known. */
  inspect?(code: string, cursor: number, detail: 0 | 1): Promise<MimeBundle | null>;
  isComplete?(code: string): Promise<Completeness>;
  /** Ends what runs. */
  interrupt?(): Promise<void>;
  /** Resolves when the message was handled. A language without has every comm closed again. */
  comm?(message: CommMessage): Promise<void>;
  /** Answers a message of the Debug Adapter Protocol. */
  debug?(content: Content): Promise<Content>;
  /** Ends what the language has started. */
  close?(): Promise<void>;
}

/** What a language has of the front. Without `parent`, an output belongs to the request that came last. */
export interface Front {
  stream(name: "stdout" | "stderr", text: string, parent?: ParentId): void;
  /** Sends any message on iopub; `content` may be JSON that is ready to send. */
  publish(type: string, content: Content | Buffer, parent?: ParentId, options?: PublishOptions): void;
  /** Adds to the reply of a cell that runs: a page of help, the next cell's text. */
  payload(parent: ParentId, payload: Content): void;
  /** Asks the person at the client that sent the request; never resolves where it doesn't answer. */
  ask(parent: ParentId, question: { readonly prompt: string; readonly password: boolean }): Promise<string>;
  /** A cell opened, used or closed a comm: comm_info_reply lists those that are open. */
  noteComm(comm: { readonly kind: CommKind; readonly id: string; readonly target?: string | undefined }): void;
  /** A cell has a handler for comms to `target`, or has it no more. */
  noteTarget(target: string, registered: boolean): void;
  /** All comms are gone, with the process that held their other ends. */
  closeComms(): void;
}

export interface PublishOptions {
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly Uint8Array[];
}
