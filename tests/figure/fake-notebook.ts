import type { Figure } from "../../src/figure/figure";
import { DISPLAY_HOOK, type DisplayOptions } from "../../src/figure/notebook-display";

/** An output as a notebook gets it. */
export interface Sent extends DisplayOptions {
  data: Record<string, unknown>;
}

const globals = globalThis as Record<symbol, unknown>;
/** A notebook that keeps what it is sent. */
export function fakeNotebook(): Sent[] {
  const sent: Sent[] = [];
  globals[DISPLAY_HOOK] = (data: Record<string, unknown>, options: DisplayOptions) => sent.push({ data, ...options });
  return sent;
}

/** A figure that is drawn without work. */
export function words(text: string): Figure {
  return {
    text,
    png: async () => Buffer.from(text),
    svg: async () => text,
    bundle: async () => ({ data: { "text/plain": text }, metadata: {} }),
  };
}

/** Ends the fake notebook. */
export function closeNotebook(): void {
  delete globals[DISPLAY_HOOK];
}
