import type { Connection } from "./connection";
import type { Front, Language } from "./language";
import { KernelServer } from "./server";

/** Serves as a Jupyter kernel of a language until a client asks for shutdown, and ends the process. Rejects when an address is taken. */
export async function serve(connection: Connection, makeLanguage: (front: Front) => Language): Promise<never> {
  const server = new KernelServer(makeLanguage);
  // Jupyter sends interrupt_request; others send the signal.
  process.on("SIGINT", () => void server.interrupt());
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => void server.close());
  endWithParent(() => void server.close());
  try {
    await server.serve(connection);
  } catch (error) {
    await server.close();
    throw error;
  }
  process.exit(0);
}

/** Jupyter sets JPY_PARENT_PID: when the process that started the kernel is gone, nobody can talk to it any more. */
function endWithParent(end: () => void): void {
  const parent = process.ppid;
  if (!process.env.JPY_PARENT_PID || parent === 1) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 1000);
  timer.unref();
}
