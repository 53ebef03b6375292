import {
  type CellText,
  EDITING_TARGET,
  type EditingDiagnostic,
  type EditingReply,
  type EditingRequest,
} from "../../editing";
import type { CellModel, Comm, KernelConnection, NotebookPanel } from "./jupyterlab";

/** So long after the last key the errors are asked for: between two letters of a word they would only flicker. */
const TYPING_MS = 120;
/** What has run changes what other cells know; in a row of cells only the last one is worth asking after. */
const RUNNING_MS = 400;

/** `T` without what every request has, member by member. */
type Bare<T> = T extends unknown ? Omit<T, "id" | "cells"> : never;
type Question = Bare<Exclude<EditingRequest, { method: "diagnostics" }>>;

/** The errors of a cell that had this text when they were asked for. */
export interface CellErrors {
  readonly source: string;
  readonly diagnostics: readonly EditingDiagnostic[];
}

const NONE: readonly EditingDiagnostic[] = [];
/** Of so many requests before the last one an answer may still be on its way. */
const KEPT = 20;

/** What connects a notebook on the page with the kernel behind it, as long as that is vitlab's. */
export class NotebookLine {
  #comm: Comm | null = null;
  #kernel: KernelConnection | null = null;
  #next = 0;
  #timer: number | undefined;
  readonly #waiting = new Map<number, (reply: EditingReply) => void>();
  /** The notebook as each of the last requests for errors has it. */
  readonly #sent = new Map<number, ReadonlyMap<string, string>>();
  readonly #errors = new Map<string, CellErrors>();
  #first: string | undefined;

  constructor(
    private readonly panel: NotebookPanel,
    /** Is called when something new is known of a cell. */
    private readonly show: (model: CellModel, errors: CellErrors) => void,
  ) {
    const { sessionContext } = panel;
    sessionContext.kernelChanged.connect((_, { newValue }) => void this.#connect(newValue));
    void sessionContext.ready.then(() => {
      void this.#connect(sessionContext.session?.kernel ?? null);
      panel.content.model?.cells.changed.connect(() => this.#schedule(RUNNING_MS));
    });
  }

  /** Whether anybody would answer. */
  get isOpen(): boolean {
    return this.#comm !== null && !this.#comm.isDisposed;
  }

  get cells(): readonly CellText[] {
    return this.panel.content.widgets
      .filter(({ model }) => model.type === "code")
      .map(({ model }) => ({ id: model.id, source: model.sharedModel.getSource() }));
  }

  /** A copy of a notebook has cells of the same ids: only the models are one's own. */
  has(model: unknown): boolean {
    return this.panel.content.widgets.some((cell) => cell.model === model);
  }

  /** What is known of a cell so far. */
  errorsOf(cell: string): CellErrors | undefined {
    return this.#errors.get(cell);
  }

  /** Ends the connection with the panel. */
  close(): void {
    window.clearTimeout(this.#timer);
    this.#comm?.close();
    this.#comm = null;
  }

  /** A person types in a cell. */
  typed(cell: string): void {
    this.#first = cell;
    this.#schedule(TYPING_MS);
  }

  /** A cell came to its end: others may know more by it. */
  ran(): void {
    this.#schedule(RUNNING_MS);
  }

  /** Asks about a place in the notebook of these cells; rejects with the kernel's sentence where it refuses. */
  ask<Result>(question: Question, cells = this.cells): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = ++this.#next;
      this.#waiting.set(id, (reply) => {
        if ("error" in reply) reject(new Error(reply.error));
        else if ("result" in reply) resolve(reply.result as Result);
      });
      this.#send({ ...question, id, cells } as EditingRequest);
    });
  }

  async #connect(kernel: KernelConnection | null): Promise<void> {
    if (kernel === this.#kernel) return;
    this.#kernel = kernel;
    this.#comm = null;
    this.#forget();
    // A kernel that never says who it is has no use for this.
    const info = await kernel?.info.catch(() => null);
    if (!kernel || info?.implementation !== "vitlab" || kernel !== this.#kernel || this.panel.isDisposed) return;
    kernel.statusChanged.connect((_, status) => this.#heard(kernel, status));
    this.#open(kernel);
  }

  #open(kernel: KernelConnection): void {
    try {
      const comm = kernel.createComm(EDITING_TARGET);
      comm.onMsg = ({ content }) => this.#receive(content.data as EditingReply);
      comm.onClose = () => {
        if (this.#comm === comm) this.#comm = null;
      };
      comm.open();
      this.#comm = comm;
      this.#forget();
      this.#schedule(TYPING_MS);
    } catch {
      // Another window of the same kernel has its comms.
    }
  }

  /** After a restart nobody is at the other end. */
  #heard(kernel: KernelConnection, status: string): void {
    const isLost = !this.#comm || this.#comm.isDisposed;
    if (kernel === this.#kernel && status === "idle" && isLost) this.#open(kernel);
  }

  #schedule(delay: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#diagnose(), delay);
  }

  #diagnose(): void {
    if (!this.#comm || this.panel.isDisposed) return;
    const { cells } = this;
    const id = ++this.#next;
    this.#sent.set(id, new Map(cells.map(({ id, source }) => [id, source])));
    for (const old of this.#sent.keys()) if (this.#sent.size > KEPT) this.#sent.delete(old);
    const first = this.#first;
    this.#send({ id, method: "diagnostics", cells, ...(first === undefined ? {} : { first }) });
  }

  /** Nothing is known any more, and nothing is wrong. */
  #forget(): void {
    for (const { model } of this.panel.content.widgets)
      if (this.#errors.has(model.id)) this.show(model, { source: model.sharedModel.getSource(), diagnostics: NONE });
    this.#errors.clear();
    this.#sent.clear();
  }

  #send(request: EditingRequest): void {
    this.#comm?.send(request);
  }

  #receive(reply: EditingReply): void {
    if ("diagnostics" in reply) {
      const { id, cell, diagnostics } = reply;
      const source = this.#sent.get(id)?.get(cell);
      if (source === undefined) return;
      this.#errors.set(cell, { source, diagnostics });
      const found = this.panel.content.widgets.find(({ model }) => model.id === cell);
      if (found) this.show(found.model, { source, diagnostics });
      return;
    }
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}
