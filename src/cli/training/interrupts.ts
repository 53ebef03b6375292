import { constants } from "node:os";
import { onOutputLost } from "../terminal/output";

/** What a running command hears of Ctrl-C, and of a stdout that takes no more. */
export interface Interrupts {
  /** Aborts with the first Ctrl-C, or when stdout is lost. */
  signal: AbortSignal;
  /** The exit code that says which signal it was: 130 for Ctrl-C; null without a signal. */
  exitCode(): number | null;
  /** Back to how it was. */
  end(): void;
}

// npx passes on a Ctrl-C that the terminal has already sent us.
const SAME_KEYPRESS_MS = 500;

/**
 * Turns the first SIGINT or SIGTERM into an abort, as well as the loss of stdout; a second signal ends the process at once.
 *
 * @param onFirst is told which of the two it was
 */
export function listenForInterrupts(onFirst: (what: "signal" | "output") => void): Interrupts {
  const controller = new AbortController();
  let first: { code: number; at: number } | null = null;
  const hear = (name: NodeJS.Signals) => {
    const code = 128 + constants.signals[name];
    if (!first) {
      first = { code, at: Date.now() };
      controller.abort();
      onFirst("signal");
    } else if (Date.now() - first.at > SAME_KEYPRESS_MS) process.exit(code);
  };
  const endOutput = onOutputLost(() => {
    if (controller.signal.aborted) return;
    controller.abort();
    onFirst("output");
  });
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return {
    signal: controller.signal,
    exitCode: () => first?.code ?? null,
    end: () => {
      endOutput();
      process.off("SIGINT", hear);
      process.off("SIGTERM", hear);
    },
  };
}
