/** A Jupyter MIME bundle: JSON values by MIME type, binary ones in base64. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  /** Lines, with ANSI colors but where `NO_COLOR` is set: the error, a code frame, the frames that belong to the user. */
  readonly traceback: readonly string[];
}

/** The number of a request: outputs name by it what they belong to. */
export type ParentId = number;

/** The value of a cell. */
export interface Result {
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
}

/** How a cell ended. */
export type Outcome =
  | { readonly status: "ok"; readonly result: Result | null }
  | { readonly status: "error"; readonly error: ErrorReport };

export type CommKind = "comm_open" | "comm_msg" | "comm_close";

/** A message about a comm, from a client. */
export interface CommMessage {
  readonly kind: CommKind;
  readonly parent: ParentId;
  readonly requestId: string;
  readonly content: { comm_id: string; target_name?: string; data?: unknown };
  readonly metadata: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}
