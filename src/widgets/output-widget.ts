import { kernelComms } from "./kernel-comms";
import { newLayout } from "./layout";
import { Widget } from "./widget";

export interface OutputState {
  /** What is shown, as nbformat has the outputs of a cell. */
  outputs: readonly Record<string, unknown>[];
  msg_id: string;
  layout: string;
}

/** A place for output: what is printed and displayed while `capture` runs is shown there, as in ipywidgets' Output. */
export class OutputWidget extends Widget<OutputState> {
  constructor() {
    const layout = newLayout();
    super(
      { module: "@jupyter-widgets/output", moduleVersion: "1.0.0", model: "OutputModel", view: "OutputView" },
      { outputs: [], msg_id: "", layout: layout.reference },
      [layout],
    );
  }

  /** Runs `run` and returns its result; where that is a promise, what comes until it is settled belongs here as well. */
  capture<T>(run: () => T): T {
    this.set({ msg_id: kernelComms()?.requestId ?? "" });
    const end = () => this.set({ msg_id: "" });
    let result: T;
    try {
      result = run();
    } catch (error) {
      end();
      throw error;
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.finally(end) as T;
  }

  /** Removes what is shown. */
  clear(): void {
    this.set({ outputs: [] });
  }
}

/** A place for output anywhere in a notebook: `const log = outputWidget(); log.capture(() => console.log("here"))`. */
export function outputWidget(): OutputWidget {
  return new OutputWidget();
}
