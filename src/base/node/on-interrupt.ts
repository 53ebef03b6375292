/**
 * Has an interrupt stop some work, in a process that answers Ctrl-C itself, as a Jupyter kernel does.
 *
 * Where nobody answers SIGINT it kills the process, as everywhere; a listener of ours would prevent that.
 *
 * @returns ends it
 */
export function onInterrupt(stop: () => void): () => void {
  if (process.listenerCount("SIGINT") === 0) return () => {};
  process.on("SIGINT", stop);
  return () => process.off("SIGINT", stop);
}
