// What has to be undone when the user presses Ctrl-C: child processes, temporary folders, locks.

const cleanups = new Set();
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
let handler = leave;

/** Runs `cleanup` (synchronous) if a signal ends the program before the returned function is called. */
export function onInterrupt(cleanup) {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

/** Lets `next` decide from now on what SIGINT, SIGTERM and SIGHUP do. */
export function handleSignals(next) {
  handler = next;
}

function leave(signal) {
  // Newest first: a child has to end before the folder it writes to is removed.
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch {
      // Every other cleanup still has its turn.
    }
  }
  process.stdout.write(`\nStopped by ${signal}; nothing half-made is left, the next start goes on from here.\n`);
  process.exit(exitCodes[signal]);
}

/** From now on SIGINT, SIGTERM, SIGHUP, and the end of the npm that started us, end the program in order. */
export function listenToSignals() {
  for (const signal of Object.keys(exitCodes)) process.on(signal, () => handler(signal));
  const parent = process.ppid;
  // Started by hand, perhaps with `&`, outliving the shell is what one may want.
  if (!process.env.npm_lifecycle_event) return;
  // npm may be ended without a word to us. Then nobody waits for us any more.
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    handler("SIGTERM");
  }, 300);
  watch.unref();
}
