/** Lets everything that waits in the event loop run: interrupts, plots, widgets. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
