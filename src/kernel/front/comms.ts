/** The comms that are open, as comm_info_reply lists them. */
export class Comms {
  readonly #targets = new Map<string, string>();

  note(kind: string, id: string, target = ""): void {
    if (kind === "comm_open") this.#targets.set(id, target);
    if (kind === "comm_close") this.#targets.delete(id);
  }

  list(target: unknown): Record<string, { target_name: string }> {
    const wanted = [...this.#targets].filter(([, name]) => target == null || target === "" || name === target);
    return Object.fromEntries(wanted.map(([id, target_name]) => [id, { target_name }]));
  }

  /** Forgets all; returns their ids. */
  clear(): string[] {
    const ids = [...this.#targets.keys()];
    this.#targets.clear();
    return ids;
  }
}
