import { appendFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { TERMINAL_ACTIVE } from "../support/hostile-texts";

/** Cases of each parser in `npm test`; `npm run fuzz` asks for more. */
const CASES = Number(process.env.VITLAB_FUZZ_CASES ?? 10_000);
/** In `npm test` the same cases each time, so that a change alone makes them fail. */
const SEED = Number(process.env.VITLAB_FUZZ_SEED ?? 1);
/** Where to begin again, as a failure told it. */
const PATH = process.env.VITLAB_FUZZ_PATH;
/** Takes a line for each parser: name, cases, milliseconds. */
const TOLD = process.env.VITLAB_FUZZ_TOLD;

/** No case may take longer, in processor time, nor more memory above what there was. */
const LONGEST_MS = 5_000;
const MOST_BYTES = 2 ** 30;
/** Longer than any sentence, however many names it lists. */
const LONGEST_SENTENCE = 4_000;
const HANGS_AFTER_MS = 120_000;

/** How `fuzz` tests. */
export interface FuzzOptions {
  /** Of the cases of a parser, where another property has the most of them, or each case is slow. Default 1. */
  share?: number;
}

/**
 * A test that a property holds for whatever an arbitrary comes up with, in bounded time and memory.
 *
 * @param check throws where it doesn't hold
 */
export function fuzz<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void | Promise<void>,
  { share = 1 }: FuzzOptions = {},
): void {
  const cases = Math.ceil(CASES * share);
  it(name, { timeout: 0 }, async () => {
    const started = performance.now();
    const before = process.resourceUsage().maxRSS * 1024;
    const beat = watch(name);
    const property = fc.asyncProperty(inputs, async (input) => {
      beat.next();
      const cpu = process.cpuUsage();
      await check(input);
      const { user, system } = process.cpuUsage(cpu);
      if ((user + system) / 1000 > LONGEST_MS)
        throw new Error(`it took ${Math.round((user + system) / 1000)} ms of processor time`);
      const grown = process.resourceUsage().maxRSS * 1024 - before;
      if (grown > MOST_BYTES) throw new Error(`it took ${Math.round(grown / 1e6)} MB`);
    });
    try {
      const result = await fc.check(property, { numRuns: cases, seed: SEED, ...(PATH && { path: PATH }) });
      if (result.failed)
        throw new Error(
          `${fc.defaultReportMessage(result)}\n\nonce more: npm run fuzz -- "${name}" --seed ${SEED} --path ${result.counterexamplePath}`,
          { cause: result.errorInstance },
        );
    } finally {
      beat.end();
    }
    if (TOLD) appendFileSync(TOLD, `${name}\t${cases}\t${Math.round(performance.now() - started)}\n`);
  });
}

/** What a parser makes of an input; undefined where it refuses it in one sentence. */
export function taken<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

/** The same for a parser that reads files. */
export async function takenLater<Value>(parse: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await parse();
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

/** An error must be one that says what is wrong, on one line that a terminal only shows. */
export function checkRefusal(error: unknown, isRefusal: (error: unknown) => boolean = isVitlabError): void {
  if (!isRefusal(error)) throw error;
  const { message } = error as Error;
  expect(message.length).toBeGreaterThan(10);
  expect(message.length).toBeLessThan(LONGEST_SENTENCE);
  expect(message).not.toMatch(TERMINAL_ACTIVE);
}

function isVitlabError(error: unknown): boolean {
  return error instanceof VitlabError;
}

/** Nothing that is read may change what all objects are. */
export function checkPrototypes(): void {
  for (const shared of [Object.prototype, Array.prototype, Function.prototype]) {
    const names = Object.keys(shared);
    for (const name of names) Reflect.deleteProperty(shared, name);
    expect(names).toEqual([]);
  }
}

interface Beat {
  /** A case begins. */
  next(): void;
  end(): void;
}

/** Ends the process where a case never comes to its end: nothing else could say which one it is. */
function watch(name: string): Beat {
  const count = new Int32Array(new SharedArrayBuffer(4));
  const told = JSON.stringify(`${name} hangs; seed ${SEED}, path `);
  const worker = new Worker(
    `const { workerData: count } = require("node:worker_threads");
    let last = -1;
    setInterval(() => {
      const now = Atomics.load(count, 0);
      if (now === last) {
        require("node:fs").writeSync(2, ${told} + (now - 1) + "\\n");
        process.kill(process.pid, "SIGKILL");
      }
      last = now;
    }, ${HANGS_AFTER_MS});`,
    { eval: true, workerData: count },
  );
  worker.unref();
  return {
    next: () => Atomics.add(count, 0, 1),
    end: () => void worker.terminate(),
  };
}
