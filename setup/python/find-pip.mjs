import { existsSync } from "node:fs";
import { venvPython } from "../paths.mjs";
import { run } from "../terminal/run.mjs";
import { pythonCommands } from "./find-python.mjs";

/** A Python that has pip, the project's own first; its full path, or undefined. */
export async function findPip() {
  const candidates = [...(existsSync(venvPython()) ? [[venvPython()]] : []), ...pythonCommands()];
  for (const [command, ...first] of candidates) {
    const result = await run(command, [...first, "-c", "import pip, sys; print(sys.executable)"], {
      timeoutSeconds: 30,
    });
    if (result.ok) return result.output.trim().split(/\r?\n/).at(-1);
  }
  return undefined;
}
