import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { engineFile, root } from "../paths.mjs";
import { lastWords, run } from "../terminal/run.mjs";

// Node 23 dropped two helpers that tfjs-node 4.22 still calls.
const script = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require("@tensorflow/tfjs-node");
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).arraySync();
console.log("\\n" + JSON.stringify({ version: tf.backend().binding.TF_Version, product }));
`;

/** Loads the native engine in a child process and multiplies two matrices; `{ ok, version }`, or `{ ok: false, reason }`. */
export async function verifyNative() {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const result = await run(process.execPath, ["-e", script], { cwd: root, env, timeoutSeconds: 120 });
  if (result.signal) return { ok: false, reason: `it ended with ${result.signal}` };
  if (!result.ok) return { ok: false, reason: lastWords(errorLine(result.output)) };
  const { version, product } = JSON.parse(result.output.match(/^\{"version".*\}$/m)?.[0] ?? "{}");
  const right = JSON.stringify(product) === "[[19,22],[43,50]]";
  return right
    ? { ok: true, version }
    : { ok: false, reason: `a product of matrices came out as ${JSON.stringify(product)}` };
}

function errorLine(output) {
  return output.match(/^(?:\w*Error: .*)$/m)?.[0] ?? output;
}

/**
 * What the engine in `node_modules` consists of at this moment, for comparing: sizes and times of the binding and the
 * libraries it finds, and the Node that loads them. Undefined where a part is missing.
 */
export function nativeFingerprint() {
  const folder = engineFile();
  const libraries = join(folder, "deps", "lib");
  if (!existsSync(libraries)) return undefined;
  const names = readdirSync(libraries).filter((name) => name.startsWith("libtensorflow"));
  const parts = [
    join(folder, "lib", "napi-v8", "tfjs_binding.node"),
    ...names.sort().map((name) => join(libraries, name)),
  ];
  if (names.length === 0 || !parts.every(existsSync)) return undefined;
  const notes = parts.map((path) => {
    const stat = statSync(path);
    return `${realpathSync(path)} ${stat.size} ${stat.mtimeMs}`;
  });
  return [process.version, process.arch, ...notes].join("\n");
}
