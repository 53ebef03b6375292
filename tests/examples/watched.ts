import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.join(__dirname, "..", "..");

/** What a process says of itself when it is asked. */
export interface State {
  tensors: number;
  /** Bytes of memory that the process takes. */
  rss: number;
  /** Packages of which a module was loaded, or a file read. */
  packages: string[];
}

/** What a process does besides its code: notes each file that it reads, answers how it is, and tells what it leaves. */
const WATCHED = `
  const fs = require("node:fs");
  const { readFileSync } = fs;
  const read = new Set();
  fs.readFileSync = (file, ...rest) => { read.add(String(file)); return readFileSync(file, ...rest); };
  const packages = () => [...new Set([...Object.keys(require.cache), ...read].flatMap(
    (file) => file.match(/.*node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/)?.[1] ?? []))];
  const tensors = () => require("vitlab").tf.memory().numTensors;
  process.on("message", () => process.send({ tensors: tensors(), rss: process.memoryUsage.rss(), packages: packages() }));
  process.on("exit", () => fs.writeSync(1, "tensors left: " + tensors() + "\\n"));
  process.channel.unref();
`;

/** Code in a process of its own, in the project's folder: with the package as it is built. */
export class Watched {
  readonly process: ChildProcess;
  output = "";

  constructor(code: string) {
    const stdio = ["ignore", "pipe", "pipe", "ipc"] as const;
    this.process = spawn(process.execPath, ["--eval", WATCHED + code], { cwd: root, stdio: [...stdio] });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on("data", (data: Buffer) => {
        this.output += data;
      });
  }

  /** What it sends next; refuses where it ends instead. */
  async message<Sent>(): Promise<Sent> {
    const ended = once(this.process, "exit").then(() => {
      throw new Error(`it ended: ${this.output}`);
    });
    const [sent] = await Promise.race([once(this.process, "message"), ended]);
    return sent as Sent;
  }

  state(): Promise<State> {
    this.process.send("how are you?");
    return this.message();
  }
}

/** An example as the JavaScript that TypeScript makes of it, a CommonJS module. */
export function exampleCode(name: string): string {
  return ts.transpileModule(readFileSync(path.join(root, "examples", `${name}.ts`), "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  }).outputText;
}
