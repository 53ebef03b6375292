import type { CompilerProcess } from "./compiler-process";
import { type Connection, readConnection } from "./connection";
import { Kernel } from "./kernel";

/** Serves as a Jupyter kernel until a client asks for shutdown. Rejects when `file` is no connection file, or an address in it is taken. */
export async function run(file: string, compiler: CompilerProcess): Promise<void> {
  const connection = connectionOf(file, compiler);
  const kernel = new Kernel(compiler);
  // Jupyter sends interrupt_request; others send the signal.
  process.on("SIGINT", () => void kernel.interrupt());
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => void kernel.close());
  endWithParent(() => void kernel.close());
  try {
    await kernel.serve(connection);
  } catch (error) {
    await kernel.close();
    throw error;
  }
  process.exit(0);
}

function connectionOf(file: string, compiler: CompilerProcess): Connection {
  try {
    return readConnection(file);
  } catch (error) {
    compiler.close();
    throw error;
  }
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
