/** A widget's state without its binary values, and those, each with the path where it belongs. */
export interface SplitState {
  readonly state: Record<string, unknown>;
  readonly bufferPaths: readonly (readonly (string | number)[])[];
  readonly buffers: readonly Uint8Array[];
}

const GONE = Symbol("in the buffers");

/** Takes binary values (ArrayBuffer and its views) out of a state: they travel as buffers of the message. */
export function splitState(state: Readonly<Record<string, unknown>>): SplitState {
  const bufferPaths: (string | number)[][] = [];
  const buffers: Uint8Array[] = [];
  const take = (value: unknown, path: (string | number)[]): unknown => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      bufferPaths.push(path);
      buffers.push(
        value instanceof ArrayBuffer
          ? new Uint8Array(value)
          : new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
      );
      return GONE;
    }
    if (Array.isArray(value)) {
      return value.map((each, i) => take(each, [...path, i])).map((each) => (each === GONE ? null : each));
    }
    if (value !== null && typeof value === "object") {
      const taken = Object.entries(value).map(([key, each]) => [key, take(each, [...path, key])]);
      // As ipywidgets does: what is a buffer leaves a gap in a list, and nothing in an object.
      return Object.fromEntries(taken.filter(([, each]) => each !== GONE));
    }
    return value;
  };
  return { state: take(state, []) as Record<string, unknown>, bufferPaths, buffers };
}

/** Puts the buffers of a message back into its state; those whose path doesn't lead into it are left out. */
export function joinState(
  state: Record<string, unknown>,
  bufferPaths: unknown,
  buffers: readonly Uint8Array[],
): Record<string, unknown> {
  for (const [i, path] of (Array.isArray(bufferPaths) ? bufferPaths : []).entries()) {
    if (!Array.isArray(path) || buffers[i] === undefined) continue;
    const holder = path.slice(0, -1).reduce(ownValue, state);
    const key = path.at(-1);
    if (!isPlace(holder, key)) continue;
    // Defined, not assigned: a name such as __proto__ would change more than the state.
    Object.defineProperty(holder, key as string, {
      value: buffers[i],
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return state;
}

/** What an object or a list has itself: a path of a message must not lead out of its state. */
function ownValue(holder: unknown, key: unknown): unknown {
  if (!isPlace(holder, key) || !Object.hasOwn(holder, key as string)) return undefined;
  return (holder as Record<string, unknown>)[key as string];
}

/** Whether a value can be put there: under a name, or in a list in the place of another. */
function isPlace(holder: unknown, key: unknown): holder is object {
  if (typeof holder !== "object" || holder === null || ArrayBuffer.isView(holder)) return false;
  return Array.isArray(holder)
    ? Number.isInteger(key) && (key as number) >= 0 && (key as number) < holder.length
    : typeof key === "string";
}
