import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";

/** The built command: set-up and `npm run build` write it. */
export const program = join(__dirname, "..", "..", "dist", "cli", "main.js");
if (!existsSync(program)) throw new Error("dist/ is missing: run `npm run build` before the tests of the command");

/** What a command did. */
export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface Started {
  outcome: Promise<Outcome>;
  kill(signal: NodeJS.Signals): void;
  /** Comes true when the text shows on stderr, or the command ends. */
  says(text: string): Promise<void>;
  /** Comes true when the text shows on stdout, or the command ends. */
  prints(text: string): Promise<void>;
}

/** Starts `vitlab` in a folder. */
export function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    for (const listener of listeners) listener();
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const shows = (text: string, output: () => string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (output().includes(text)) resolve();
      };
      listeners.add(look);
      look();
      outcome.then(() => resolve());
    });
  return {
    outcome,
    kill: (signal) => void child.kill(signal),
    says: (text) => shows(text, () => stderr),
    prints: (text) => shows(text, () => stdout),
  };
}

/** Runs `vitlab` to its end. */
export function vitlab(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return start(cwd, args, env).outcome;
}

/** Expects that a command refuses: with one line of an error on stderr, nothing on stdout, and code 1. */
export function expectRefusal({ code, stdout, stderr }: Outcome, message: string): void {
  expect(stderr).toContain(message);
  expect(stderr.split("\n").filter((line) => line.startsWith("error: "))).toHaveLength(1);
  expect(stdout).toBe("");
  expect(code).toBe(1);
}

/** A folder for the tests of one file, with `micro.json`, the config of a model that trains in a second. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-cli-"));
  const micro = { imageSize: 16, patchSize: 4, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10, dropout: 0.1 };
  writeFileSync(join(folder, "micro.json"), JSON.stringify(micro));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Standard output as one JSON object a line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
