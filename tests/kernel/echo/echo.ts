import { type Connection, readConnection } from "../../../src/kernel/front/connection";
import type { Execution, Front, Language } from "../../../src/kernel/front/language";
import { serve } from "../../../src/kernel/front/serve";
import type { Outcome } from "../../../src/kernel/jupyter";

const COMMANDS: Readonly<Record<string, string>> = {
  print: "writes the rest of the line to stdout",
  warn: "writes the rest of the line to stderr",
  show: "displays the rest of the line as HTML",
  ask: "asks the question that the rest of the line is",
  wait: "waits so many milliseconds, or until it is stopped",
  fail: "ends with the error that the rest of the line is",
};

/** A language of six words, one to a line; the value of a cell is its last line where that begins with none of them. */
class Echo implements Language {
  readonly info = {
    implementation: "echo",
    implementation_version: "1.0.0",
    banner: "Says what it is told.",
    language_info: { name: "echo", version: "1.0.0", mimetype: "text/plain", file_extension: ".txt" },
  };
  #stop = () => {};

  constructor(private readonly front: Front) {}

  async execute({ code, parent }: Execution): Promise<Outcome> {
    let last = "";
    for (const line of code.split("\n")) {
      const [word = "", ...words] = line.split(" ");
      const rest = words.join(" ");
      last = Object.hasOwn(COMMANDS, word) ? "" : line;
      if (word === "print") this.front.stream("stdout", `${rest}\n`, parent);
      if (word === "warn") this.front.stream("stderr", `${rest}\n`, parent);
      if (word === "show") this.#show(rest, parent);
      if (word === "ask") last = await this.front.ask(parent, { prompt: rest, password: false });
      if (word === "wait" && !(await this.#wait(Number(rest)))) return failure("Stopped", "the cell was stopped");
      if (word === "fail") return failure("Failure", rest);
    }
    return { status: "ok", result: last.trim() === "" ? null : { data: { "text/plain": last }, metadata: {} } };
  }

  async complete(code: string, cursor: number) {
    const [typed] = /\w*$/.exec(code.slice(0, cursor))!;
    const matches = Object.keys(COMMANDS).filter((name) => name.startsWith(typed));
    return { matches: matches.map((text) => ({ text, kind: "keyword" })), start: cursor - typed.length, end: cursor };
  }

  async inspect(code: string, cursor: number) {
    const word = /\w*$/.exec(code.slice(0, cursor))![0] + /^\w*/.exec(code.slice(cursor))![0];
    return Object.hasOwn(COMMANDS, word) ? { "text/plain": `${word}: ${COMMANDS[word]}` } : null;
  }

  /** A backslash at the end goes on in the next line. */
  async isComplete(code: string) {
    return code.endsWith("\\") ? ({ status: "incomplete", indent: "" } as const) : ({ status: "complete" } as const);
  }

  async interrupt() {
    this.#stop();
  }

  #show(text: string, parent: number): void {
    this.front.publish("display_data", { data: { "text/html": text }, metadata: {}, transient: {} }, parent);
  }

  #wait(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      setTimeout(resolve, milliseconds, true);
      this.#stop = () => resolve(false);
    });
  }
}

function failure(ename: string, evalue: string): Outcome {
  return { status: "error", error: { ename, evalue, traceback: [`${ename}: ${evalue}`] } };
}

const connection: Connection = readConnection(process.argv[2]!);
void serve(connection, (front) => new Echo(front));
