import util from "node:util";
import type { NativeBackend } from "../native-backend";
import { tf } from "../tf";
import { withKnownBinding } from "./known-binding";
import { findDamagedNativeFile } from "./native-files";
import { setUpCommand } from "./set-up-command";

/** What came of loading the native engine: its TensorFlow version, or why it can't be used. */
export type NativeLoad = { version: string } | { reason: string };

let loaded: NativeLoad | undefined;

/** Loads tfjs-node once and says what came of it; never throws. */
export function loadNative(): NativeLoad {
  loaded ??= tryLoad();
  return loaded;
}

function tryLoad(): NativeLoad {
  // TensorFlow writes its log to the process's stderr, where no notebook cell would show it in its place.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  // oneDNN announces itself on stderr past that level, and its sums depend on the machine; it gains nothing here.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
  settleOldUtil();
  // A file that was cut short kills the process where it is loaded, beyond what could be caught.
  const damaged = findDamagedNativeFile();
  if (damaged) return { reason: `${damaged} is damaged (cut short); run ${setUpCommand}` };
  try {
    withKnownBinding(() => require("@tensorflow/tfjs-node"));
    const backend = tf.findBackend("tensorflow") as unknown as NativeBackend | null;
    if (!backend) return { reason: `@tensorflow/tfjs-node loaded but registered no backend; run ${setUpCommand}` };
    return { version: backend.binding.TF_Version };
  } catch (error) {
    return { reason: explain(error) };
  }
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 22 warns of in the middle of a training run, and Node 23 removed. */
function settleOldUtil(): void {
  const shared = util as unknown as Record<string, unknown>;
  shared.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  shared.isArray = Array.isArray;
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: string }).code;
  if (code === "MODULE_NOT_FOUND" && message.includes("@tensorflow/tfjs-node"))
    return `the package @tensorflow/tfjs-node is not installed; run ${setUpCommand}`;
  if (message.includes("native addon module") || code === "MODULE_NOT_FOUND")
    return `the native binding of @tensorflow/tfjs-node is not built; run ${setUpCommand}`;
  if (message.includes("cannot open shared object file"))
    return `${message.split(":")[0]} is missing beside the native binding; run ${setUpCommand}`;
  return `the native binding could not be loaded (${message.split("\n")[0]}); run ${setUpCommand}`;
}
