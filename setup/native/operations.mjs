import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { engineFile, root } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { tensorflowVersion } from "./wheel.mjs";

/** The file that holds the compiled operations. */
export const operationsFile = "vitlab_operations.node";

const sources = "src/tensor/operations";

/** Where the native engine looks for them: beside tfjs-node's own binding. */
export const operationsPlace = () => engineFile(join("lib", "napi-v8", operationsFile));

// For the very processor at hand: its widest registers make matrix products several times as fast.
const flags = [
  "-O3",
  process.arch === "x64" ? "-march=native" : "-mcpu=native",
  // sqrt then is one instruction for a whole vector.
  "-fno-math-errno",
  ...["-std=c++17", "-pthread", "-fPIC", "-shared", "-fvisibility=hidden"],
];

/** What the compiled operations depend on, as a short name: sources, flags, TensorFlow and the processor. */
export function operationsKey() {
  const hash = createHash("sha256");
  for (const part of [
    hashTree(root, [sources]),
    ...flags,
    tensorflowVersion,
    process.platform,
    process.arch,
    processor(),
  ])
    hash.update(`${part}\0`);
  return hash.digest("hex").slice(0, 16);
}

/** The processor's name and, where the system tells, what it can do. */
function processor() {
  let features = "";
  try {
    features = readFileSync("/proc/cpuinfo", "utf8").match(/^(?:flags|Features)\s*:.*$/m)?.[0] ?? "";
  } catch {
    // Not Linux: the name has to do.
  }
  return `${cpus()[0]?.model} ${features}`;
}

/** Compiles the operations into `folder`; throws the compiler's first complaint. */
export async function compileOperations({ cxx, folder }) {
  const [command, ...before] = cxx.split(" ");
  const target = join(folder, operationsFile);
  const link = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [frameworkLibrary()];
  const args = [...before, ...flags, join(root, sources, "operations.cc"), ...link, "-o", target];
  const result = await run(command, args, { cwd: tmpdir(), timeoutSeconds: 300 });
  if (!result.ok) {
    const first = result.output.split(/\r?\n/).find((line) => /error/.test(line));
    throw new SetupError(`they do not compile with ${cxx} (${lastWords(first ?? result.output)})`);
  }
}

/** The library of TensorFlow's that has the C interface, by the name that it is loaded under. */
function frameworkLibrary() {
  const folder = engineFile(join("deps", "lib"));
  const name = readdirSync(folder).find((each) => /^libtensorflow_framework\.so\.\d+$/.test(each));
  if (!name) throw new SetupError(`there is no libtensorflow_framework.so in ${folder}`);
  return join(folder, name);
}

/** Puts the compiled file in its place, in one step. */
export function placeOperations(from) {
  const place = operationsPlace();
  mkdirSync(dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.tmp`;
  copyFileSync(from, temporary);
  renameSync(temporary, place);
}

/** Takes them away again: the engine then runs TensorFlow's own operations. */
export function removeOperations() {
  rmSync(operationsPlace(), { force: true });
}

/** Size and time of the file in its place, for comparing; undefined where there is none. */
export function operationsFingerprint() {
  const stat = statSync(operationsPlace(), { throwIfNoEntry: false });
  if (!stat) return undefined;
  const { size, mtimeMs } = stat;
  return `${size} ${mtimeMs}`;
}

// A product on all threads, in sizes that leave rests in every loop, beside TensorFlow's own; and attention over values that
// are all 1, whose context is 1 as well.
const trial = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require("@tensorflow/tfjs-node");
require(process.argv[1]);
const run = (...call) => tf.backend().executeMultipleOutputs(...call)[0];
const [x, weight, none] = [tf.randomNormal([301, 131]), tf.randomNormal([131, 71]), tf.zeros([0])];
const y = run("VitlabLinear", [], [x, weight, none, none], 2);
const qkv = tf.concat([tf.randomNormal([3, 65, 64]), tf.ones([3, 65, 32])], 2);
const context = run("VitlabAttention", [], [qkv, none], 2);
const largest = (a, b) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];
console.log("\\ndifference " + Math.max(largest(y, tf.matMul(x, weight)), largest(context, tf.ones([3, 65, 32]))));
`;

/** Runs one of them in a child process beside TensorFlow's own; undefined where it is right, otherwise what is wrong. */
export async function whatIsWrong() {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const result = await run(process.execPath, ["-e", trial, operationsPlace()], { cwd: root, env, timeoutSeconds: 120 });
  if (result.signal) return `they end with ${result.signal}`;
  const difference = result.output.match(/^difference (\S+)$/m)?.[1];
  if (!result.ok || difference === undefined)
    return lastWords(result.output.match(/^(?:\w*Error: .*)$/m)?.[0] ?? result.output);
  return Number(difference) < 1e-3 ? undefined : `a result is off by ${difference}`;
}
