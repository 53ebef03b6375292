import type { Database, SQLiteValue, Statement } from "node-sqlite3-wasm";
import type { Trial } from "./plan";
import type { ChosenSettings } from "./space";

/** What became of a trial so far. */
export interface TrialState extends Trial {
  readonly state: "waiting" | "running" | "paused" | "done" | "failed";
  /** Whole epochs. */
  readonly epochs: number;
  /** What went wrong, in a sentence. */
  readonly error: string | null;
  readonly engine: string | null;
  readonly threads: number | null;
  readonly machine: string | null;
}

/** What was measured of an epoch of a trial. */
export interface TrialEpoch {
  readonly trial: number;
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly learningRate: number;
  /** Steps taken in all. */
  readonly steps: number;
  /** Of training and validation. */
  readonly seconds: number;
}

/** What was measured of a step of a trial. */
export interface TrialStep {
  readonly trial: number;
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
}

/** What happened to the search, in its order: enough to have it again as it was. */
export type SearchEvent =
  | { readonly kind: "job"; readonly trial: number; readonly epoch: number }
  | { readonly kind: "told"; readonly trial: number; readonly epoch: number; readonly value: number }
  | { readonly kind: "failed"; readonly trial: number };

const SCHEMA = `
create table about (name text primary key, value text not null) without rowid;
create table trial (
  id integer primary key, point integer not null, seed integer not null, settings text not null,
  state text not null default 'waiting', epochs integer not null default 0, error text,
  engine text, threads integer, machine text
);
create table epoch (
  trial integer not null, epoch integer not null, trainLoss real, validationLoss real, validationAccuracy real,
  learningRate real, steps integer, seconds real, primary key (trial, epoch)
) without rowid;
create table step (
  trial integer not null, step integer not null, loss real, learningRate real, gradientNorm real,
  primary key (trial, step)
) without rowid;
create table event (id integer primary key, kind text not null, trial integer not null, epoch integer, value real);
`;

/** The numbers of a sweep, in an SQLite file that nobody else opens. */
export class SweepStore {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  #isChanging = false;

  /**
   * @param folder of the sweep
   * @param file is made where it is missing
   * @param changed is called after each change of it
   */
  constructor(
    readonly folder: string,
    file: string,
    private readonly changed: () => void = () => {},
  ) {
    // Loaded where it is needed: WebAssembly of a megabyte.
    const { Database } = require("node-sqlite3-wasm") as typeof import("node-sqlite3-wasm");
    this.#database = new Database(file);
    const [{ tables }] = this.#database.all("select count(*) as tables from sqlite_schema") as [{ tables: number }];
    if (tables === 0) this.change(() => this.#database.exec(SCHEMA));
    this.#all("select count(*) from event");
  }

  close(): void {
    for (const statement of this.#statements.values()) statement.finalize();
    this.#database.close();
  }

  /** Makes all of `work` one change of the file: whole or not at all. */
  change<T>(work: () => T): T {
    if (this.#isChanging) return work();
    this.#database.exec("begin immediate");
    this.#isChanging = true;
    try {
      const result = work();
      this.#database.exec("commit");
      return result;
    } catch (error) {
      // A disk that is full has taken it back already.
      if (this.#database.inTransaction) this.#database.exec("rollback");
      throw error;
    } finally {
      this.#isChanging = false;
      this.changed();
    }
  }

  about(name: string): string | undefined {
    return this.#all<{ value: string }>("select value from about where name = ?", name)[0]?.value;
  }

  setAbout(name: string, value: string): void {
    this.#run("insert or replace into about values (?, ?)", name, value);
  }

  addTrials(trials: readonly Trial[]): void {
    for (const { id, point, seed, settings } of trials)
      this.#run(
        "insert into trial (id, point, seed, settings) values (?, ?, ?, ?)",
        ...[id, point, seed, JSON.stringify(settings)],
      );
  }

  setTrial(id: number, fields: Partial<Omit<TrialState, keyof Trial>>): void {
    const names = Object.keys(fields).map((name) => `${name} = ?`);
    this.#run(`update trial set ${names.join(", ")} where id = ?`, ...Object.values(fields), id);
  }

  trials(): TrialState[] {
    return this.#trials("order by id");
  }

  trial(id: number): TrialState | undefined {
    return this.#trials("where id = ?", id)[0];
  }

  addEpoch({ trial, epoch, ...row }: TrialEpoch): void {
    const { trainLoss, validationLoss, validationAccuracy, learningRate, steps, seconds } = row;
    const values = [trial, epoch, trainLoss, validationLoss, validationAccuracy, learningRate, steps, seconds];
    this.#run("insert or ignore into epoch values (?, ?, ?, ?, ?, ?, ?, ?)", ...values);
    this.#run("update trial set epochs = max(epochs, ?) where id = ?", epoch, trial);
  }

  addStep({ trial, step, loss, learningRate, gradientNorm }: TrialStep): void {
    const values = [trial, step, loss, learningRate, gradientNorm];
    this.#run("insert or ignore into step values (?, ?, ?, ?, ?)", ...values);
  }

  /** Of all trials, or of one. */
  epochs(trial?: number): TrialEpoch[] {
    if (trial === undefined) return this.#all("select * from epoch order by trial, epoch");
    return this.#all("select * from epoch where trial = ? order by epoch", trial);
  }

  steps(trial?: number): TrialStep[] {
    if (trial === undefined) return this.#all("select * from step order by trial, step");
    return this.#all("select * from step where trial = ? order by step", trial);
  }

  addEvent(event: SearchEvent): void {
    const { kind, trial } = event;
    const [epoch, value] = [kind === "failed" ? null : event.epoch, kind === "told" ? event.value : null];
    this.#run("insert into event (kind, trial, epoch, value) values (?, ?, ?, ?)", kind, trial, epoch, value);
  }

  events(): SearchEvent[] {
    return this.#all("select kind, trial, epoch, value from event order by id");
  }

  #trials(which: string, ...values: unknown[]): TrialState[] {
    const rows = this.#all<Omit<TrialState, "settings"> & { settings: string }>(
      `select * from trial ${which}`,
      ...values,
    );
    return rows.map((row) => ({ ...row, settings: JSON.parse(row.settings) as ChosenSettings }));
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#prepared(sql).run(values as SQLiteValue[]);
    if (!this.#isChanging) this.changed();
  }

  #all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.#prepared(sql).all(values as SQLiteValue[]) as unknown as Row[];
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}
