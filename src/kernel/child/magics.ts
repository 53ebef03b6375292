import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { atHome } from "../at-home";
import type { MimeBundle } from "../jupyter";
import { magicList } from "../magics/catalog";
import type { CapturedOutput, Uncaptured } from "./capture";
import { startClock } from "./magics/clock";
import { runCommand } from "./magics/command";
import { historyText } from "./magics/history";
import { memoryText } from "./magics/memory";
import { type TimeitOptions, timeit, timingText } from "./magics/timeit";
import { whosText, whoText } from "./magics/variables";

/** The output of one cell, and whether it was interrupted. */
export interface MagicCell {
  write(name: "stdout" | "stderr", text: string): void;
  display(bundle: MimeBundle): void;
  /** Keeps its output from now on instead of showing it, `except` for what is named. */
  capture(except: Uncaptured): CapturedOutput;
  readonly signal: AbortSignal;
}

/** What the magics need of the process that runs the cells. */
export interface MagicContext {
  /** The cell that runs now; asked when a magic begins, before it waits for anything. */
  cell(): MagicCell;
  /** Every variable of the cells so far. */
  locals(): Readonly<Record<string, unknown>>;
  /** What the cells were, by their number. */
  inputs(): readonly string[];
  /** Forgets every variable. */
  reset(): void;
  /** Sends the payload `set_next_input`. */
  setNextInput(text: string, options: { replace: boolean }): void;
}

export interface InstalledMagics {
  /** To be called with its signal at the end of each cell, whatever its outcome: prints the time of a cell with `%%time`. */
  cellEnded(cell: AbortSignal): void;
}

const SHOWN_AS: Readonly<Record<string, string>> = {
  html: "text/html",
  javascript: "application/javascript",
  latex: "text/latex",
  markdown: "text/markdown",
  svg: "image/svg+xml",
};

/** Defines `__cell_magic__`, whose methods the magics of a cell have become (their types: `MAGIC_DECLARATIONS`). */
export function installMagics(context: MagicContext): InstalledMagics {
  /** Clocks of the cells that run: the one of the whole cell, and those of its lines. */
  const clocks = new Map<AbortSignal, { cell?: () => void; readonly lines: (() => void)[] }>();
  let previousFolder: string | undefined;

  const print = (text: string) => context.cell().write("stdout", text);
  const clock = () => {
    const cell = context.cell();
    const read = startClock();
    return () => cell.write("stdout", read());
  };

  const clocksHere = () => {
    const { signal } = context.cell();
    const own = clocks.get(signal) ?? { lines: [] };
    clocks.set(signal, own);
    return own;
  };

  const magics = {
    async time<T>(run: () => T): Promise<Awaited<T>> {
      const stop = clock();
      try {
        return await run();
      } finally {
        stop();
      }
    },
    async timeit(run: () => unknown, options: TimeitOptions): Promise<void> {
      const cell = context.cell();
      cell.write("stdout", timingText(await timeit(run, options, cell.signal)));
    },
    start: () => void clocksHere().lines.push(clock()),
    stop: () => clocksHere().lines.pop()?.(),
    startCell() {
      clocksHere().cell = clock();
    },
    who: () => print(whoText(context.locals())),
    whos: () => print(whosText(context.locals())),
    reset(argument?: string) {
      context.reset();
      if (argument !== "-f") print("Every variable is forgotten.\n");
    },
    memory: () => print(memoryText()),
    lsmagic: () => print(`${magicList()}\n`),
    pwd: () => process.cwd(),
    cd(folder = "~") {
      const from = process.cwd();
      if (folder === "-" && previousFolder === undefined)
        throw new Error("%cd - goes back to the folder before, and there is none yet: write %cd FOLDER first.");
      const to = folder === "-" ? (previousFolder as string) : atHome(unquoted(folder));
      if (!existsSync(to)) throw new Error(`%cd found no folder ${to}; the working folder is ${from}.`);
      process.chdir(to);
      previousFolder = from;
      print(`${process.cwd()}\n`);
    },
    history: (argument?: string) => print(historyText(context.inputs(), argument)),
    capture: (except: Uncaptured) => context.cell().capture(except),
    env: (argument?: string) => environment(argument, print),
    load(file?: string) {
      if (!file) throw new Error("%load needs the name of a file: %load model.ts");
      const text = readFileSync(atHome(unquoted(file)), "utf8");
      context.setNextInput(`// %load ${file}\n${text}`, { replace: true });
    },
    async shell(command: string): Promise<void> {
      const cell = context.cell();
      const { shell, args } = systemShell(command);
      const code = await runCommand(shell, args, { signal: cell.signal, write: cell.write.bind(cell) });
      if (code !== 0) cell.write("stderr", `exit code ${code}\n`);
    },
    async run(name: string, argument: string, body: string): Promise<void> {
      const cell = context.cell();
      const type = SHOWN_AS[name];
      if (type !== undefined) cell.display({ [type]: body });
      else if (name === "writefile") cell.write("stdout", writeFile(argument, body));
      else await script(name === "bash" ? `bash ${argument}` : argument, body, cell);
    },
  };
  Object.defineProperty(globalThis, "__cell_magic__", { value: magics, configurable: true, enumerable: false });

  return {
    cellEnded(signal) {
      const stop = clocks.get(signal)?.cell;
      clocks.delete(signal);
      stop?.();
    },
  };
}

async function script(command: string, input: string, cell: MagicCell): Promise<void> {
  const [program, ...args] = words(command);
  const code = await runCommand(program as string, args, {
    input: `${input}\n`,
    signal: cell.signal,
    write: cell.write.bind(cell),
  });
  if (code === 0) return;
  const error = new Error(`${program} ended with exit code ${code}; what it printed stands above.`);
  error.name = "CommandError";
  throw error;
}

function environment(argument: string | undefined, print: (text: string) => void) {
  if (argument === undefined) return { ...process.env };
  const [, name, assigned, value] = /^([^\s=]+)(\s*=\s*|\s+)?(.*)$/.exec(argument) as unknown as [
    string,
    string,
    string | undefined,
    string,
  ];
  if (assigned !== undefined) {
    process.env[name] = unquoted(value);
    print(`env: ${name}=${unquoted(value)}\n`);
    return;
  }
  const found = process.env[name];
  if (found === undefined) throw new Error(`There is no environment variable ${name}; %env ${name}=VALUE sets it.`);
  return found;
}

function writeFile(argument: string, body: string): string {
  const append = /^-a\s+/.test(argument);
  const file = unquoted(argument.replace(/^-a\s+/, ""));
  const target = path.resolve(atHome(file));
  if (!existsSync(path.dirname(target)))
    throw new Error(`%%writefile found no folder ${path.dirname(target)}; make it first.`);
  const existed = existsSync(target);
  const text = body.endsWith("\n") ? body : `${body}\n`;
  if (append) appendFileSync(target, text);
  else writeFileSync(target, text);
  return `${append ? "Appending to" : existed ? "Overwriting" : "Writing"} ${file}\n`;
}

function systemShell(command: string): { shell: string; args: string[] } {
  return process.platform === "win32"
    ? { shell: process.env.ComSpec ?? "cmd.exe", args: ["/d", "/s", "/c", command] }
    : { shell: "/bin/sh", args: ["-c", command] };
}

/** Words of a command line; quotes keep spaces. */
function words(line: string): string[] {
  return (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map(unquoted);
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
