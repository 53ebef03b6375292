import { ownPresentation } from "./present/display-methods";
import { canvasBundle, elementBundle } from "./present/drawn";
import { imageBundle } from "./present/image";
import { inspectText, reason } from "./present/inspect-text";
import { type Presentation, presentation } from "./present/presentation";
import { tableBundle } from "./present/table";
import { isTensor, tensorText, tensorTitle, typedArrayText } from "./present/tensor";

export type { Presentation } from "./present/presentation";

/**
 * How the value of a cell's last expression is shown; null for undefined, which isn't.
 *
 * A promise only where a display method of the value returns one. Never throws or rejects, whatever the value does.
 */
export function present(value: unknown): Presentation | null | Promise<Presentation | null> {
  if (value === undefined) return null;
  const own = ownPresentation(value);
  if (own instanceof Promise) return own.then((found) => found ?? builtIn(value));
  return own ?? builtIn(value);
}

function builtIn(value: unknown): Presentation {
  try {
    if (isTensor(value)) return presentation({ "text/plain": text(() => tensorText(value), tensorTitle(value)) });
    const bundle = imageBundle(value) ?? elementBundle(value) ?? canvasBundle(value) ?? tableBundle(value);
    if (bundle) return presentation(bundle);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView))
      return presentation({ "text/plain": typedArrayText(value as NodeJS.TypedArray) });
  } catch {
    // A value that throws when it is looked at.
  }
  return presentation({ "text/plain": inspectText(value) });
}

/** The values of a tensor may be out of reach: on a graphics card, or on a backend that is gone. */
function text(full: () => string, title: string): string {
  try {
    return full();
  } catch (error) {
    return `${title}: its values can't be read (${reason(error)}); try await tensor.data().`;
  }
}
