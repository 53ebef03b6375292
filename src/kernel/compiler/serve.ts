import ts from "typescript";
import { createCompiler } from "./create-compiler";
import type { CompiledCell, Compiler, CompilerReply, CompilerRequest, RefusedCell } from "./protocol";
import { Rest } from "./rest";

/** Answers the front's requests over this process's IPC channel until that closes. */
export function serve(): void {
  const send = (reply: CompilerReply) => {
    if (process.connected) process.send?.(reply);
  };
  process.on("disconnect", () => process.exit(0));
  const compiler = createCompiler({ cwd: process.cwd() });
  const rest = new Rest(compiler);
  process.on("message", async (request: CompilerRequest) => {
    const { id } = request;
    rest.end();
    try {
      const result = await answer(compiler, request);
      send({ id, result });
      if (request.method === "compile") prepareNext(result as CompiledCell | RefusedCell, request.argument.previous);
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  const prepareNext = (result: CompiledCell | RefusedCell, previous: string) => {
    if (result.ok) setImmediate(() => compiler.expect(result.declarations));
    rest.begin(result.ok ? result.declarations : previous);
  };
  send({ ready: true, typescript: ts.version });
  // While nobody has asked anything yet.
  setImmediate(() => compiler.prepare());
}

function answer(compiler: Compiler, { method, argument }: CompilerRequest): Promise<unknown> {
  const call = compiler[method] as (argument: CompilerRequest["argument"]) => Promise<unknown>;
  return call(argument);
}
