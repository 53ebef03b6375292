import type { MimeBundle } from "../jupyter";

export interface CapturedDisplay {
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
}

/** What `%%capture` leaves to be shown: `stdout`, `stderr`, `display`. */
export type Uncaptured = readonly string[];

/** A cell's output, as long as `%%capture` holds. */
export interface Capture {
  readonly output: CapturedOutput;
  readonly except: Uncaptured;
}

/** Where `part` of the output goes instead of being shown; undefined where it is shown. */
export function keeperOf(capture: Capture | undefined, part: string): CapturedOutput | undefined {
  return capture && !capture.except.includes(part) ? capture.output : undefined;
}

/** The output of a cell that is kept instead of shown. */
export class CapturedOutput {
  stdout = "";
  stderr = "";
  readonly outputs: CapturedDisplay[] = [];
  readonly #displays = new Map<unknown, number>();
  readonly #show: (captured: CapturedOutput) => void;

  constructor(show: (captured: CapturedOutput) => void) {
    this.#show = show;
  }

  /** Shows all of it under the cell that runs now. */
  show(): void {
    this.#show(this);
  }

  /** Keeps a message of iopub; false where it is none that shows anything. */
  keep(kind: string, content: Record<string, unknown>): boolean {
    const { data, metadata, transient } = content as unknown as CapturedDisplay & {
      transient?: { display_id?: string };
    };
    const id = transient?.display_id;
    const known = id === undefined ? undefined : this.#displays.get(id);
    if (kind === "clear_output") {
      this.stdout = this.stderr = "";
      this.outputs.length = 0;
      this.#displays.clear();
    } else if (kind === "display_data") {
      if (id !== undefined) this.#displays.set(id, this.outputs.length);
      this.outputs.push({ data, metadata });
    } else if (kind === "update_display_data" && known !== undefined) {
      this.outputs[known] = { data, metadata };
    } else return false;
    return true;
  }

  /** In place of all its fields, one line. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const count = (text: string) => `${text.length} characters`;
    return `Captured: stdout ${count(this.stdout)}, stderr ${count(this.stderr)}, ${this.outputs.length} displayed; show() shows it`;
  }
}
