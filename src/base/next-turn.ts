/**
 * Lets everything that waits in the event loop run: interrupts, progress, plots, widgets.
 *
 * @throws the signal's reason, where it was aborted.
 */
export async function nextTurn(signal?: AbortSignal): Promise<void> {
  // A browser has no setImmediate.
  const later: (resolve: () => void) => unknown = globalThis.setImmediate ?? setTimeout;
  await new Promise<void>((resolve) => later(resolve));
  signal?.throwIfAborted();
}
