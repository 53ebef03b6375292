import { type ChildProcess, spawn } from "node:child_process";
import { endProcesses, INTERRUPT } from "../../processes";

export interface CommandOptions {
  readonly input?: string;
  readonly signal: AbortSignal;
  write(name: "stdout" | "stderr", text: string): void;
}

/**
 * Runs a command, hands on what it prints while it runs, and resolves to its exit code.
 *
 * An interrupt ends it with everything that it started, and throws the signal's reason. Throws when there is no such command.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { input = "", signal, write }: CommandOptions,
): Promise<number> {
  signal.throwIfAborted();
  // In a process group of its own, so that what it starts can be ended with it.
  const child = spawn(command, args, { stdio: "pipe", detached: true });
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => write(name, text));
  // A command that ends without reading its input isn't an error.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const interrupt = () => void endProcesses([child.pid!], { signals: INTERRUPT });
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await ended(child, command);
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

function ended(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") reject(new Error(`There is no command ${command}: install it, or check the PATH.`));
      else reject(error);
    });
    // 128 and the signal's number, as shells report it, would say less than the name of the signal.
    child.once("close", (code, by) => (by === null ? resolve(code ?? 0) : resolve(by === "SIGINT" ? 130 : 137)));
  });
}
