import {
  type CellText,
  EDITING_TARGET,
  type EditingDiagnostic,
  type EditingReply,
  type EditingRequest,
} from "../../editing";
import type { Comm, KernelConnection, NotebookPanel } from "./jupyterlab";

/** So long after the last key the errors are asked for: between two letters of a word they would only flicker. */
const TYPING_MS = 120;
/** What has run changes what other cells know; in a row of cells only the last one is worth asking after. */
const RUNNING_MS = 400;

/** `T` without what every request has, member by member. */
type Bare<T> = T extends unknown ? Omit<T, "id" | "cells"> : never;
type Question = Bare<Exclude<EditingRequest, { method: "diagnostics" }>>;

export interface LineEvents {
  /** The errors of a cell that had `source` when they were asked for. */
  errors(cell: string, source: string, diagnostics: readonly EditingDiagnostic[]): void;
}

/** What connects a notebook on the page with the kernel behind it, as long as that is vitlab's. */
export class NotebookLine {
  #comm: Comm | null = null;
  #kernel: KernelConnection | null = null;
  #next = 0;
  #timer: number | undefined;
  readonly #waiting = new Map<number, (reply: EditingReply) => void>();
  /** The notebook as the last request for errors has it. */
  #sent = new Map<string, string>();
  #diagnosing = 0;
  #first: string | undefined;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly events: LineEvents,
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

  has(cell: string): boolean {
    return this.panel.content.widgets.some(({ model }) => model.id === cell);
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

  /** Asks about a place; rejects with the kernel's sentence where it refuses. */
  ask<Result>(question: Question): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = ++this.#next;
      this.#waiting.set(id, (reply) => {
        if ("error" in reply) reject(new Error(reply.error));
        else if ("result" in reply) resolve(reply.result as Result);
      });
      this.#send({ ...question, id, cells: this.cells } as EditingRequest);
    });
  }

  async #connect(kernel: KernelConnection | null): Promise<void> {
    this.#comm = null;
    if (!kernel || this.panel.isDisposed) return;
    const isNew = kernel !== this.#kernel;
    this.#kernel = kernel;
    // A kernel that never says who it is has no use for this.
    const info = await kernel.info.catch(() => null);
    if (info?.implementation !== "vitlab" || kernel !== this.#kernel || this.panel.isDisposed) return;
    if (isNew) kernel.statusChanged.connect((_, status) => this.#heard(kernel, status));
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
    this.#sent = new Map(cells.map(({ id, source }) => [id, source]));
    this.#diagnosing = ++this.#next;
    const first = this.#first;
    this.#send({ id: this.#diagnosing, method: "diagnostics", cells, ...(first === undefined ? {} : { first }) });
  }

  #send(request: EditingRequest): void {
    this.#comm?.send(request);
  }

  #receive(reply: EditingReply): void {
    if ("diagnostics" in reply) {
      const source = this.#sent.get(reply.cell);
      if (reply.id === this.#diagnosing && source !== undefined)
        this.events.errors(reply.cell, source, reply.diagnostics);
      return;
    }
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}
