/** The variables of all cells: what the code of a cell knows as `exports`. */
export class Locals {
  readonly #values: Record<string, unknown> = Object.create(null);
  #assigned = new Set<string>();

  readonly exports = new Proxy(this.#values, {
    set: (values, name, value) => {
      if (typeof name === "string") this.#assigned.add(name);
      values[name as string] = value;
      return true;
    },
    // TypeScript makes named imports read-only accessors; in a notebook, a later cell may declare the name anew.
    defineProperty: (values, name, descriptor) => {
      if (name === "__esModule") return true;
      if (typeof name === "string") this.#assigned.add(name);
      values[name as string] = descriptor.get ? descriptor.get() : descriptor.value;
      return true;
    },
  });

  /** Forgets which names were assigned: a cell starts. */
  begin(): void {
    this.#assigned = new Set();
  }

  /** Which of `names` the cell has given a value. */
  assigned(names: readonly string[]): string[] {
    return names.filter((name) => this.#assigned.has(name));
  }

  /** Every variable that has a value, by its name. */
  all(): Readonly<Record<string, unknown>> {
    return { ...this.#values };
  }

  /** Removes a variable and returns its value. */
  take(name: string): unknown {
    const value = this.#values[name];
    delete this.#values[name];
    return value;
  }

  clear(): void {
    for (const name of Object.keys(this.#values)) delete this.#values[name];
  }
}
