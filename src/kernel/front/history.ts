import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "../make-folder";

/** Session, line (the cell's execution count) and source, as the protocol lists them. */
export type HistoryEntry = readonly [session: number, line: number, source: string];

const LARGEST_FILE_ENTRIES = 20_000;

/** Where the history is kept: `$VITLAB_HISTORY`, else vitlab's folder in the user's data folder. */
export function historyFile(): string {
  return (
    process.env.VITLAB_HISTORY ||
    join(process.env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "vitlab", "history.jsonl")
  );
}

/** The cells of this run and of earlier ones: one JSON line a cell. */
export class History {
  #earlier: HistoryEntry[] | null = null;
  #session = 0;
  /** The last line on disk has no end: another program stopped in the middle of it. */
  #cutShort = false;
  #unwritten: HistoryEntry[] = [];
  readonly #current: HistoryEntry[] = [];
  #writing: NodeJS.Immediate | null = null;

  constructor(private readonly file: string) {}

  add(line: number, source: string): void {
    this.#current.push([0, line, source]);
    this.#unwritten.push([0, line, source]);
    // The cell comes first; its line is on disk a moment later.
    this.#writing ??= setImmediate(() => this.flush());
  }

  /** Answers a history_request: `range`, `tail` or `search`. */
  find(request: Record<string, unknown>): HistoryEntry[] {
    const earlier = this.#load();
    const here = this.#current.map(([, line, source]): HistoryEntry => [this.#session, line, source]);
    const all = [...earlier, ...here];
    const n = typeof request.n === "number" ? request.n : all.length;
    switch (request.hist_access_type) {
      case "range": {
        const asked = numberOf(request.session, 0);
        const session = asked > 0 ? asked : this.#session + asked;
        const start = numberOf(request.start, 0);
        const stop = numberOf(request.stop, Number.POSITIVE_INFINITY);
        return all.filter(([s, line]) => s === session && line >= start && line < stop);
      }
      case "search": {
        const pattern = request.pattern ?? "*";
        const found = all.filter(([, , source]) => typeof pattern === "string" && matches(pattern, source));
        // Of equal sources the latest counts, in the place where it was typed.
        const kept = request.unique ? found.filter(([, , s], i) => !found.some((e, j) => j > i && e[2] === s)) : found;
        return n > 0 ? kept.slice(-n) : [];
      }
      default:
        return n > 0 ? all.slice(-n) : [];
    }
  }

  /** Writes what isn't on disk yet; a history that cannot be written is kept in memory only. */
  flush(): void {
    if (this.#writing) clearImmediate(this.#writing);
    this.#writing = null;
    if (this.#unwritten.length === 0) return;
    this.#load();
    const lines = this.#unwritten.map(([, line, source]) => `${JSON.stringify([this.#session, line, source])}\n`);
    this.#unwritten = [];
    try {
      makeFolder(dirname(this.file));
      appendFileSync(this.file, `${this.#cutShort ? "\n" : ""}${lines.join("")}`, { mode: 0o600 });
      this.#cutShort = false;
    } catch {
      // A read-only home is no reason to stop a cell.
    }
  }

  #load(): HistoryEntry[] {
    if (this.#earlier) return this.#earlier;
    let text = "";
    try {
      text = readFileSync(this.file, "utf8");
    } catch {
      // The first run has none.
    }
    if (text !== "" && !text.endsWith("\n")) this.#cutShort = true;
    let entries = text.split("\n").flatMap(parse);
    if (entries.length > LARGEST_FILE_ENTRIES) {
      entries = entries.slice(-LARGEST_FILE_ENTRIES / 2);
      try {
        writeFileSync(this.file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), { mode: 0o600 });
      } catch {
        // As above.
      }
    }
    this.#session = entries.reduce((highest, [session]) => Math.max(highest, session), 0) + 1;
    this.#earlier = entries;
    return entries;
  }
}

/** A line that another program cut short is left out. */
function parse(line: string): HistoryEntry[] {
  try {
    const entry = JSON.parse(line) as HistoryEntry;
    const isEntry = Number.isSafeInteger(entry[0]) && Number.isSafeInteger(entry[1]) && typeof entry[2] === "string";
    return isEntry ? [entry] : [];
  } catch {
    return [];
  }
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

/**
 * `*` and `?` as in a shell, the whole source matched, as IPython does.
 *
 * Step by step, since a regular expression of many stars tries every way to share the text among them.
 */
function matches(pattern: string, source: string): boolean {
  let [at, to] = [0, 0];
  // The last star, and where the text that it stands for ends.
  let [star, end] = [-1, 0];
  while (at < source.length) {
    if (pattern[to] === "*") [star, end] = [to++, at];
    else if (to < pattern.length && (pattern[to] === "?" || pattern[to] === source[at])) [at, to] = [at + 1, to + 1];
    else if (star >= 0) [at, to] = [++end, star + 1];
    else return false;
  }
  while (pattern[to] === "*") to++;
  return to === pattern.length;
}
