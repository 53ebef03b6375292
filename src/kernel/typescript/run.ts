import { type Connection, readConnection } from "../front/connection";
import { serve } from "../front/serve";
import type { CompilerProcess } from "./compiler-process";
import { TypeScript } from "./typescript";

/** Serves as a Jupyter kernel until a client asks for shutdown. Rejects when `file` is no connection file, or an address in it is taken. */
export function run(file: string, compiler: CompilerProcess): Promise<never> {
  return serve(connectionOf(file, compiler), (front) => new TypeScript(front, compiler));
}

function connectionOf(file: string, compiler: CompilerProcess): Connection {
  try {
    return readConnection(file);
  } catch (error) {
    compiler.close();
    throw error;
  }
}
