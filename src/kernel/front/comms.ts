import type { CommKind } from "../jupyter";

interface CommHead {
  readonly kind: CommKind;
  readonly id: string;
  readonly target?: string | undefined;
}

/**
 * The comms that are open, as comm_info_reply lists them, and which messages about them may go to the process of the
 * cells at once: a handler beside a cell that awaits is called, and what nobody knows waits for the cells that may still
 * open or register it.
 */
export class Comms {
  readonly #open = new Map<string, string>();
  readonly #targets = new Set<string>();
  readonly #held: { readonly head: CommHead; readonly go: () => void }[] = [];

  /** `busy` says whether cells run or wait for their turn. */
  constructor(private readonly busy: () => boolean) {}

  /** Resolves when a message of a client may go on; messages about one comm keep their order. */
  async arrive(head: CommHead): Promise<void> {
    await new Promise<void>((go) => {
      this.#held.push({ head, go });
      this.release();
    });
  }

  /** A comm was opened or closed by a cell. */
  note(head: CommHead): void {
    this.#enter(head);
    this.release();
  }

  /** A cell registered a target, or took it back. */
  noteTarget(target: string, registered: boolean): void {
    if (!registered) this.#targets.delete(target);
    else this.#targets.add(target);
    this.release();
  }

  /** Lets go what waits for nothing any more, in order. */
  release(): void {
    const next = () => this.#held.findIndex(({ head }) => this.#mayGo(head));
    for (let at = next(); at >= 0; at = next()) {
      for (const { head, go } of this.#held.splice(at, 1)) {
        this.#enter(head);
        go();
      }
    }
  }

  list(target: unknown): Record<string, { target_name: string }> {
    const wanted = [...this.#open].filter(([, name]) => target == null || target === "" || name === target);
    return Object.fromEntries(wanted.map(([id, target_name]) => [id, { target_name }]));
  }

  /** The process of the cells is another: forgets all; returns the ids of the comms that were open. */
  clear(): string[] {
    const ids = [...this.#open.keys()];
    this.#open.clear();
    this.#targets.clear();
    return ids;
  }

  #enter({ kind, id, target = "" }: CommHead): void {
    if (kind === "comm_open") this.#open.set(id, target);
    if (kind === "comm_close") this.#open.delete(id);
  }

  #mayGo({ kind, id, target }: CommHead): boolean {
    if (!this.busy()) return true;
    // A comm that a cell opens is known before any client can hear of it.
    return kind === "comm_open" ? target !== undefined && this.#targets.has(target) : this.#open.has(id);
  }
}

export function isCommKind(type: string): type is CommKind {
  return type === "comm_open" || type === "comm_msg" || type === "comm_close";
}
