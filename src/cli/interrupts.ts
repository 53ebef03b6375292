import { constants } from "node:os";

/** What a running command hears of Ctrl-C. */
export interface Interrupts {
  /** Aborts with the first Ctrl-C. */
  signal: AbortSignal;
  /** The exit code that says which signal it was: 130 for Ctrl-C; null before. */
  exitCode(): number | null;
  /** Back to how it was. */
  end(): void;
}

// npx passes on a Ctrl-C that the terminal has already sent us.
const SAME_KEYPRESS_MS = 500;

/** Turns the first SIGINT or SIGTERM into an abort; the second ends the process at once. */
export function listenForInterrupts(onFirst: () => void): Interrupts {
  const controller = new AbortController();
  let first: { code: number; at: number } | null = null;
  const hear = (name: NodeJS.Signals) => {
    const code = 128 + constants.signals[name];
    if (!first) {
      first = { code, at: Date.now() };
      controller.abort();
      onFirst();
    } else if (Date.now() - first.at > SAME_KEYPRESS_MS) process.exit(code);
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return {
    signal: controller.signal,
    exitCode: () => first?.code ?? null,
    end: () => {
      process.off("SIGINT", hear);
      process.off("SIGTERM", hear);
    },
  };
}
