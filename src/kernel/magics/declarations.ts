/** The type of the calls that magics become, to be declared to the compiler. */
export const MAGIC_DECLARATIONS = `
declare const __cell_magic__: {
  time<T>(run: () => T): Promise<Awaited<T>>;
  timeit(run: () => unknown, options: { loops?: number; runs?: number }): Promise<void>;
  start(): void;
  stop(): void;
  startCell(): void;
  who(argument?: string): void;
  whos(argument?: string): void;
  reset(argument?: string): void;
  memory(argument?: string): void;
  lsmagic(argument?: string): void;
  pwd(argument?: string): string;
  cd(folder?: string): void;
  env(argument?: string): Record<string, string | undefined> | string | void;
  load(file?: string): void;
  history(argument?: string): void;
  capture(except: readonly string[]): {
    /** What the cell printed. */
    readonly stdout: string;
    readonly stderr: string;
    /** What it displayed, its value among it. */
    readonly outputs: readonly { data: Record<string, unknown>; metadata: Record<string, unknown> }[];
    /** Shows all of it under the cell that runs now. */
    show(): void;
  };
  shell(command: string): Promise<void>;
  run(name: string, argument: string, body: string): Promise<void>;
};
`;
