import ts from "typescript";
import { createCompiler } from "./create-compiler";
import type { Compiler, CompilerReply, CompilerRequest } from "./protocol";

/** Answers the front's requests over this process's IPC channel until that closes. */
export function serve(): void {
  const send = (reply: CompilerReply) => {
    if (process.connected) process.send?.(reply);
  };
  process.on("disconnect", () => process.exit(0));
  const compiler = createCompiler({ cwd: process.cwd() });
  process.on("message", async (request: CompilerRequest) => {
    const { id } = request;
    try {
      send({ id, result: await answer(compiler, request) });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  send({ ready: true, typescript: ts.version });
  // While nobody has asked anything yet.
  setImmediate(() => compiler.prepare());
}

function answer(compiler: Compiler, { method, argument }: CompilerRequest): Promise<unknown> {
  const call = compiler[method] as (argument: CompilerRequest["argument"]) => Promise<unknown>;
  return call(argument);
}
