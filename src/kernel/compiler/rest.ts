import type { LocalCompiler } from "./create-compiler";

/** Nobody asked for anything this long. */
const IDLE_MS = 300;

/** V8 makes fast code of what was called some dozens of times. */
const REHEARSALS = 240;
const CELLS = [
  "1 + 1",
  "const a: number = 1; let b = [a].map((x) => 2 * x); b.length",
  "function c(x = 1) { for (const y of [x]) console.log(y); } c();",
];

/**
 * What the compiler does while nobody asks anything: it rehearses, a cell at a time, until V8 knows it well, and makes
 * what would otherwise be made while somebody waits.
 */
export class Rest {
  #timer: NodeJS.Timeout | undefined;
  #rehearsed = 0;

  constructor(private readonly compiler: LocalCompiler) {}

  /** To be called when something is asked. */
  end(): void {
    clearTimeout(this.#timer);
  }

  /** To be called when it was answered; `previous` are the notebook's declarations. */
  begin(previous: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rehearse(previous), IDLE_MS);
  }

  #rehearse(previous: string): void {
    if (this.#rehearsed === REHEARSALS) {
      this.compiler.renew();
      return;
    }
    const code = CELLS[this.#rehearsed++ % CELLS.length]!;
    void this.compiler.compile({ code, cell: "", previous });
    this.#timer = setTimeout(() => this.#rehearse(previous), 0);
  }
}
