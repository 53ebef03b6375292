import { kernelComms } from "../kernel-comms";
import { control } from "./control";
import { Layout } from "./layout";
import { SHOWN, type Trait, text } from "./traits";

const OUTPUT = { module: "@jupyter-widgets/output", moduleVersion: "1.0.0" };

const someOutputs: Trait<readonly Readonly<Record<string, unknown>>[]> = {
  takes: (value) => Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null),
  expected: "a list of outputs, as nbformat has them",
  first: [],
};

/** A place for output: what is printed and displayed while `capture` runs is shown there. */
export class Output extends control({
  name: "Output",
  names: { ...OUTPUT, model: "OutputModel", view: "OutputView" },
  traits: {
    /** What is shown, as nbformat has the outputs of a cell. */
    outputs: someOutputs,
    /** The request whose output belongs here. */
    msgId: text(""),
    ...SHOWN,
  },
  parts: { layout: Layout },
}) {
  /** Runs `run` and returns its result; where that is a promise, what comes until it is settled belongs here as well. */
  capture<T>(run: () => T): T {
    this.msgId = kernelComms()?.requestId ?? "";
    const end = () => {
      this.msgId = "";
    };
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
    this.outputs = [];
  }
}

/** A place for output anywhere in a notebook: `const log = outputWidget(); log.capture(() => console.log("here"))`. */
export function outputWidget(): Output {
  return new Output();
}
