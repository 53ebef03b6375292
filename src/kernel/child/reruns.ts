import { complain } from "./complain";
import type { Context } from "./context";

/** What ends with the output of a cell: called once, when the cell runs again or is gone. */
export class Reruns {
  readonly #listeners = new Map<string, Map<() => void, string>>();

  add({ cellId, requestId }: Context, listener: () => void): () => void {
    if (cellId === undefined) return () => undefined;
    const own = this.#listeners.get(cellId) ?? new Map<() => void, string>();
    this.#listeners.set(cellId, own.set(listener, requestId));
    return () => void own.delete(listener);
  }

  /** A cell runs. One request may run several, as `%run` does: they are one run. */
  begin({ cellId, requestId }: Context, deleted: readonly string[]): void {
    for (const gone of cellId === undefined ? deleted : [...deleted, cellId])
      for (const [listener, made] of [...(this.#listeners.get(gone) ?? [])]) {
        if (made === requestId) continue;
        this.#listeners.get(gone)?.delete(listener);
        try {
          listener();
        } catch (error) {
          complain(error);
        }
      }
  }
}
