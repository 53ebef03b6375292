import os from "node:os";
import util from "node:util";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { copyCheaply } from "../cheap-copies";
import { compiled, offerCompiled } from "../compiled";
import { onFirstUse } from "../first-use";
import { explainMissingKernels } from "../missing-kernels";
import { offerBfloat16 } from "../precision";
import { separateReshapedMatrices } from "../reshaped-matmul";
import { tf } from "../tf";
import { loadCompiled, loadedBfloat16 } from "./load-compiled";
import { loadNative } from "./load-native";
import { loadWasmOperations } from "./load-wasm-operations";

/** Where tensors live and operations run: TensorFlow's own C++, WebAssembly, or plain JavaScript. */
export type EngineName = "native" | "wasm" | "cpu";

/** The engine in use. */
export interface Engine {
  engine: EngineName;
  /** Version of TensorFlow, or null where the engine isn't native. */
  tensorflow: string | null;
  /** Version of TensorFlow.js. */
  tfjs: string;
  /** Version of Node.js. */
  node: string;
  /** Threads that one operation may use. */
  threads: number;
  /** Why no faster engine was taken, or null. */
  reason: string | null;
  /** Whether fused operations of our own are in use: native, those that set-up compiles for the processor; wasm, those that come along. */
  compiled: boolean;
}

/** How `useEngine` behaves. */
export interface UseEngineOptions {
  /** Print nothing. Default false. */
  quiet?: boolean;
}

const BACKENDS: Record<EngineName, string> = { native: "tensorflow", wasm: "wasm", cpu: "cpu" };
const ENGINES = Object.keys(BACKENDS) as EngineName[];

/** Where an operation is that an engine lacks. */
const INSTEAD = {
  native: 'await useEngine("cpu"), which is slow',
  wasm: 'the native engine, await useEngine("native"), or "cpu", which is slow',
};

offerCompiled(loadCompiled);
offerBfloat16(loadedBfloat16);
onFirstUse(() => {
  currentEngine();
});

let current: Engine | undefined;
let printed = "";

/**
 * Picks the engine: the one asked for, else the one `VITLAB_ENGINE` names, else the fastest that works here.
 *
 * Prints one line when the engine changes. Where it isn't native, `reason` says why.
 *
 * @throws VitlabError when the name is unknown, or the engine that was asked for can't be used here.
 *
 * @example
 * ```ts
 * import { currentEngine, useEngine } from "vitlab";
 *
 * const { engine } = await useEngine("cpu", { quiet: true });
 * console.log(engine, currentEngine().engine); // cpu cpu
 * ```
 */
export async function useEngine(name?: EngineName, options: UseEngineOptions = {}): Promise<Engine> {
  if (typeof name === "object")
    throw new VitlabError("useEngine got its options first: the engine's name, or undefined, stands before them");
  if (name !== undefined && !ENGINES.includes(name))
    throw new VitlabError(`engine "${name}" is not known: it must be one of ${ENGINES.join(", ")}`);
  checkOptions("useEngine", options, { quiet: true });
  const { quiet = false } = options;
  current = await start(name ?? engineFromEnvironment());
  const line = describeEngine(current);
  if (!quiet && line !== printed) {
    printed = line;
    console.log(line);
  }
  return current;
}

/** The engine in use; starts native, or cpu where native is missing, when `useEngine` was not called yet. */
export function currentEngine(): Engine {
  if (current) return current;
  const wanted = engineFromEnvironment();
  if (wanted === "wasm")
    throw new VitlabError("VITLAB_ENGINE is wasm, which starts asynchronously: call `await useEngine()` first");
  const native = wanted === "cpu" ? null : loadNative();
  if (native && "version" in native) {
    tf.setBackend(BACKENDS.native);
    explainMissingKernels("native", INSTEAD.native);
    current = engineInfo("native", native.version, null);
    return current;
  }
  if (native && wanted === "native") throw new VitlabError(`engine native can't be used: ${native.reason}`);
  tf.setBackend(BACKENDS.cpu);
  current = engineInfo("cpu", null, native?.reason ?? "VITLAB_ENGINE is cpu");
  console.warn(
    "vitlab: running on engine cpu, the slowest; call `await useEngine()` before the first model to get a faster one",
  );
  return current;
}

/** One line about an engine: its name, versions and threads, and why it isn't a faster one. */
export function describeEngine(engine: Engine): string {
  const version = engine.tensorflow ? `TensorFlow ${engine.tensorflow}, ` : "";
  const threads = `${engine.threads} thread${engine.threads === 1 ? "" : "s"}`;
  const why = engine.reason ? `; ${engine.reason}` : "";
  return `vitlab: engine ${engine.engine} (${version}TensorFlow.js ${engine.tfjs}, Node ${engine.node}, ${threads})${why}`;
}

async function start(wanted: EngineName | undefined): Promise<Engine> {
  if (wanted === undefined || wanted === "native") {
    const native = loadNative();
    if ("version" in native) {
      await setBackend("native");
      return engineInfo("native", native.version, null);
    }
    if (wanted === "native") throw new VitlabError(`engine native can't be used: ${native.reason}`);
    try {
      return await startWasm(native.reason);
    } catch (error) {
      await setBackend("cpu");
      return engineInfo("cpu", null, `${native.reason}; wasm failed as well (${(error as Error).message})`);
    }
  }
  if (wanted === "wasm") return startWasm("engine wasm was asked for");
  await setBackend("cpu");
  return engineInfo("cpu", null, "engine cpu was asked for");
}

async function startWasm(reason: string): Promise<Engine> {
  require("@tensorflow/tfjs-backend-wasm");
  await setBackend("wasm");
  separateReshapedMatrices();
  copyCheaply();
  await loadWasmOperations();
  return engineInfo("wasm", null, reason);
}

async function setBackend(engine: EngineName): Promise<void> {
  if (!(await tf.setBackend(BACKENDS[engine]))) throw new VitlabError(`engine ${engine} failed to start`);
  await tf.ready();
  if (engine !== "cpu") explainMissingKernels(engine, INSTEAD[engine]);
}

function engineInfo(engine: EngineName, tensorflow: string | null, reason: string | null): Engine {
  const threads = engine === "native" ? nativeThreads() : 1;
  const tfjs = tf.version_core;
  const info = {
    engine,
    tensorflow,
    tfjs,
    node: process.versions.node,
    threads,
    reason,
    compiled: compiled() !== undefined,
  };
  // As the last expression of a cell an engine reads as its line.
  Object.defineProperty(info, util.inspect.custom, { value: () => describeEngine(info), enumerable: false });
  return info;
}

function nativeThreads(): number {
  return Number(process.env.TF_NUM_INTRAOP_THREADS) || os.availableParallelism();
}

function engineFromEnvironment(): EngineName | undefined {
  const name = process.env.VITLAB_ENGINE;
  if (!name) return undefined;
  if (!ENGINES.includes(name as EngineName))
    throw new VitlabError(`VITLAB_ENGINE is "${name}": it must be one of ${ENGINES.join(", ")}, or not set`);
  return name as EngineName;
}
