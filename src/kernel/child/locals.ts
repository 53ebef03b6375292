/** Names under which the compiler keeps the value of a cell's last expression. */
const RESULT = /^tsLastExpr\d*$/;

/**
 * The variables of all cells: what the code of a cell knows as `exports`.
 *
 * That is a plain object that V8 keeps in fast mode, for every loop over a variable of the notebook reads and writes its
 * properties. Which names a cell assigns is seen by accessors that stand in for them until they are set.
 */
export class Locals {
  readonly exports: Record<string, unknown> = Object.create(null);
  /** The names of the cell that runs that it has not given a value yet, and whether an earlier cell did. */
  readonly #awaited = new Map<string, { readonly exists: boolean; readonly value: unknown }>();

  /** A cell starts that declares `names`. */
  begin(names: readonly string[]): void {
    this.#settle();
    for (const name of names) {
      const exists = name in this.exports;
      const value = this.exports[name];
      this.#awaited.set(name, { exists, value });
      Object.defineProperty(this.exports, name, {
        configurable: true,
        enumerable: exists,
        get: () => value,
        set: (assigned) => {
          this.#awaited.delete(name);
          this.#define(name, assigned);
          keepFast(this.exports);
        },
      });
    }
    keepFast(this.exports);
  }

  /** Which of `names` the cell has given a value; it is over. */
  assigned(names: readonly string[]): string[] {
    const assigned = names.filter((name) => !this.#awaited.has(name) && name in this.exports);
    this.#settle();
    return assigned;
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
    this.#awaited.clear();
    for (const name of Object.getOwnPropertyNames(this.exports)) delete this.exports[name];
    keepFast(this.exports);
  }

  /** Makes plain properties of what still waits for a value. */
  #settle(): void {
    if (this.#awaited.size === 0) return;
    for (const [name, { exists, value }] of this.#awaited) {
      if (exists) this.#define(name, value);
      else delete this.exports[name];
    }
    this.#awaited.clear();
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
