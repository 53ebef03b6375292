import { defineGlobals } from "./define-globals";

/** As many values as IPython keeps. */
const MOST = 1000;
const LATEST = ["_", "__", "___"] as const;

/** What was run and what came out of it: `In`, `Out`, and `_`, `__`, `___`, the values that were shown last. */
export class Results {
  readonly inputs: string[] = [""];
  readonly #outputs: Record<number, unknown> = {};
  #latest: unknown[] = [undefined, undefined, undefined];

  /** Defines the globals. */
  define(): void {
    defineGlobals({ In: this.inputs, Out: this.#outputs, _: undefined, __: undefined, ___: undefined });
  }

  /** Cell `count` begins. */
  begin(count: number, source: string): void {
    this.inputs[count] = source;
  }

  /** The value of cell `count` is shown. */
  add(count: number, value: unknown): void {
    this.#outputs[count] = value;
    const kept = Object.keys(this.#outputs);
    if (kept.length > MOST) delete this.#outputs[Number(kept[0])];
    this.#setLatest([value, ...this.#latest.slice(0, 2)]);
  }

  /** Forgets the values, not what was run. */
  clear(): void {
    for (const count of Object.keys(this.#outputs)) delete this.#outputs[Number(count)];
    this.#setLatest([undefined, undefined, undefined]);
  }

  #setLatest(latest: unknown[]): void {
    for (const [i, name] of LATEST.entries()) {
      // A library that was loaded into the global object, underscore say, keeps its name.
      if (Reflect.get(globalThis, name) === this.#latest[i]) Reflect.set(globalThis, name, latest[i]);
    }
    this.#latest = latest;
  }
}

/** The number of a cell by its name, `Cell[3]`; undefined for expressions and files. */
export function cellNumber(cell: string): number | undefined {
  const found = /^Cell\[(\d+)\]$/.exec(cell);
  return found ? Number(found[1]) : undefined;
}
