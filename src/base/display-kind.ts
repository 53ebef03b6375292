/** The method by which Node's console asks a value how to print it; browsers have no name for it. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** A value in the formats of a notebook, and what is told of them, keyed by MIME type. */
export interface DisplayBundle {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** What notebooks are shown of a value; `words` is what it says of itself. */
export type Presenter<T> = (value: T, words: string) => DisplayBundle | Promise<DisplayBundle>;

/**
 * One kind of value that people look at, such as images: in words everywhere, and in notebooks as its presenter shows it.
 *
 * The presenter comes from above, where figures are known; without one the words stand alone. Values keep their fields: what
 * is added to them is not listed, copied or written.
 */
export class DisplayKind<T extends object> {
  private presenter: Presenter<T> = (_, words) => ({ data: { "text/plain": words }, metadata: {} });

  /** Has notebooks show the values of this kind so. */
  presentWith(presenter: Presenter<T>): void {
    this.presenter = presenter;
  }

  /** Makes a value one of this kind, and returns it. */
  mark<V extends T>(value: V, words: (value: V) => string): V {
    const display = async () => {
      const { data, metadata } = await this.presenter(value, words(value));
      return [data, metadata];
    };
    return hidden(value, "_repr_mimebundle_", display);
  }
}

/** Has Node's console print a value as a sentence instead of its fields. A method would need esModuleInterop of readers of the types. */
export function printAs<V extends object>(value: V, words: (value: V) => string): V {
  return hidden(value, INSPECT, () => words(value));
}

/** The sentence that `printAs` gave a value, if it did. */
export function sentenceOf(value: object): string | undefined {
  return (value as { [INSPECT]?: () => string })[INSPECT]?.();
}

function hidden<V extends object>(value: V, name: string | symbol, method: () => unknown): V {
  return Object.defineProperty(value, name, { value: method, enumerable: false, configurable: true });
}
