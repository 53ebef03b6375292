/** Names under which the compiler keeps the value of a cell's last expression. */
const RESULT = /^tsLastExpr\d*$/;

/** What a variable was before a cell declared it anew. */
interface Before {
  readonly exists: boolean;
  readonly value: unknown;
}

/** A cell that runs, and which of the names that it declares have got a value from it. */
export interface DeclaringCell {
  assigned(): string[];
  /** The cell is over. */
  end(): string[];
}

/**
 * The variables of all cells: what the code of a cell knows as `exports`.
 *
 * That is a plain object that V8 keeps in fast mode, for every loop over a variable of the notebook reads and writes its
 * properties. Which names a cell assigns is seen by accessors that stand in for them until they are set.
 */
export class Locals {
  readonly exports: Record<string, unknown> = Object.create(null);
  /** What the cells that run have not given a value yet, and whether an earlier cell did. */
  readonly #running = new Set<Map<string, Before>>();

  /** A cell starts that declares `names`; others may still run. */
  begin(names: readonly string[]): DeclaringCell {
    const awaited = new Map<string, Before>();
    this.#running.add(awaited);
    for (const name of names) {
      const exists = Object.getOwnPropertyDescriptor(this.exports, name)?.enumerable === true;
      const value = this.exports[name];
      awaited.set(name, { exists, value });
      Object.defineProperty(this.exports, name, {
        configurable: true,
        enumerable: exists,
        get: () => value,
        set: (assigned) => {
          for (const cell of this.#running) cell.delete(name);
          this.#define(name, assigned);
          keepFast(this.exports);
        },
      });
    }
    if (names.length > 0) keepFast(this.exports);
    const assigned = () => names.filter((name) => !awaited.has(name) && name in this.exports);
    return {
      assigned,
      end: () => {
        const all = assigned();
        this.#settle(awaited);
        return all;
      },
    };
  }

  /** Every variable that has a value, by its name. */
  all(): Readonly<Record<string, unknown>> {
    const names = Object.keys(this.exports).filter((name) => !RESULT.test(name));
    return Object.fromEntries(names.map((name) => [name, this.exports[name]]));
  }

  /** The value of a variable, which it loses; it stays a property, for deleting one would slow down all others. */
  take(name: string): unknown {
    const value = this.exports[name];
    this.exports[name] = undefined;
    return value;
  }

  clear(): void {
    for (const awaited of this.#running) awaited.clear();
    for (const name of Object.getOwnPropertyNames(this.exports)) delete this.exports[name];
    keepFast(this.exports);
  }

  /** Makes plain properties of what a cell did not give a value, unless another one still may. */
  #settle(awaited: Map<string, Before>): void {
    this.#running.delete(awaited);
    if (awaited.size === 0) return;
    for (const [name, { exists, value }] of awaited) {
      if ([...this.#running].some((other) => other.has(name))) continue;
      if (exists) this.#define(name, value);
      else delete this.exports[name];
    }
    keepFast(this.exports);
  }

  #define(name: string, value: unknown): void {
    Object.defineProperty(this.exports, name, { configurable: true, enumerable: true, writable: true, value });
  }
}

/** Redefined properties turn an object into a hash table; V8 turns one that is used as a prototype back. */
function keepFast(object: Record<string, unknown>): void {
  function Heir() {}
  Heir.prototype = object;
  const heir = new (Heir as unknown as new () => Record<string, unknown>)();
  void heir.anything;
}
