import { CapturedOutput } from "./capture";
import { currentContext, enterContext } from "./context";
import type { Locals } from "./locals";
import type { InstalledMagics } from "./magics";
import { send } from "./output-pipe";
import { publish } from "./publish";
import type { Results } from "./results";
import { writeText } from "./write-text";

/** Defines `__cell_magic__` for the cells; returns what is to be called with its signal at the end of each cell. */
export function defineCellMagics(locals: Locals, results: Results): (cell: AbortSignal) => void {
  let installed: InstalledMagics | null = null;
  // Loaded when the first cell asks: most notebooks have no magics.
  Object.defineProperty(globalThis, "__cell_magic__", {
    configurable: true,
    get: () => {
      installed = load(locals, results);
      return (globalThis as { __cell_magic__?: unknown }).__cell_magic__;
    },
  });
  return (cell) => installed?.cellEnded(cell);
}

function load(locals: Locals, results: Results): InstalledMagics {
  const { installMagics } = require("./magics") as typeof import("./magics");
  return installMagics({
    cell: () => {
      const context = currentContext();
      return {
        write: (name, text) => writeText(context, name, text),
        display: (data) => {
          enterContext(context);
          publish("display_data", { data, metadata: {}, transient: {} });
        },
        capture: (except) => {
          const output = new CapturedOutput(({ stdout, stderr, outputs }) => {
            const now = currentContext();
            if (stdout) writeText(now, "stdout", stdout);
            if (stderr) writeText(now, "stderr", stderr);
            for (const { data, metadata } of outputs) publish("display_data", { data, metadata, transient: {} });
          });
          context.captured = { output, except };
          return output;
        },
        signal: context.abort.signal,
      };
    },
    locals: () => locals.all(),
    reset: () => {
      locals.clear();
      results.clear();
    },
    inputs: () => results.inputs,
    setNextInput: (text, { replace }) => {
      const payload = { source: "set_next_input", text, replace };
      send({ type: "payload", parent: currentContext().parent, payload });
    },
  });
}
