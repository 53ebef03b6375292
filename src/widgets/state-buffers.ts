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

/** Puts the buffers of a message back into its state. */
export function joinState(
  state: Record<string, unknown>,
  bufferPaths: readonly (readonly (string | number)[])[],
  buffers: readonly Uint8Array[],
): Record<string, unknown> {
  for (const [i, path] of bufferPaths.entries()) {
    let holder = state as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
    holder[path.at(-1)!] = buffers[i];
  }
  return state;
}
