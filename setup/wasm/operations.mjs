import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, stampFolder } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree, writeWhole } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { zigVersion } from "./zig.mjs";

const sources = "src/tensor/operations";

/** The modules of fused operations, by file of `data/operations`, and what each is compiled with besides `flags`. */
export const modules = { "simd.wasm": [], "relaxed-simd.wasm": ["-mrelaxed-simd"] };

const flags = [
  // Where it may lie is known only when it is loaded: into the memory of TensorFlow.js's backend.
  ...["-target", "wasm32-wasi", "-fPIC", "-fvisibility=hidden"],
  // memcpy is wasm.cc's own: for the few bytes that most calls are about, the instruction takes longer.
  ...["-mcpu=mvp+simd128+bulk_memory_opt+sign_ext+mutable_globals+nontrapping_fptoint", "-msimd128"],
  // As fast as -O3 but for 3 %, at three quarters of the size.
  ...["-std=c++17", "-Os", "-fno-math-errno", "-ffp-contract=off"],
  ...["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"],
];
const link = ["-shared", "--experimental-pic", "-Bsymbolic", "--gc-sections", "--strip-all", "--no-entry"];

/** Where the modules are kept, under version control: set-up needs no compiler for them. */
export const modulesFolder = join(root, "data", "operations");

/** What a module is made of, as a short name: sources, flags and compiler. It stands in the module's section "sources". */
export function sourcesKey(name) {
  const hash = createHash("sha256");
  for (const part of [hashTree(root, [sources]), ...flags, ...modules[name], ...link, zigVersion])
    hash.update(`${part}\0`);
  return hash.digest("hex").slice(0, 16);
}

/** Compiles a module and puts it in its place; returns its size in bytes. Throws the compiler's first complaint. */
export async function compileModule(zig, name) {
  const folder = join(stampFolder, "wasm");
  mkdirSync(folder, { recursive: true });
  const [object, linked] = [join(folder, `${name}.o`), join(folder, name)];
  await zigRun(zig, ["c++", ...flags, ...modules[name], "-c", "wasm.cc", "-o", object]);
  await zigRun(zig, ["wasm-ld", ...link, object, "-o", linked]);
  const module = Buffer.concat([readFileSync(linked), section("sources", sourcesKey(name))]);
  writeWhole(join(modulesFolder, name), module);
  return module.length;
}

async function zigRun(zig, args) {
  // From within the folder, so that nothing of this machine's paths gets into the module.
  const result = await run(zig, args, { cwd: join(root, sources), timeoutSeconds: 600 });
  if (result.ok) return;
  const first = result.output.split(/\r?\n/).find((line) => /error/.test(line));
  throw new SetupError(`the operations do not compile with zig ${zigVersion} (${lastWords(first ?? result.output)})`);
}

/** A custom section of a WebAssembly module; name and text are shorter than 100 bytes together. */
function section(name, text) {
  const content = Buffer.concat([Buffer.from([name.length]), Buffer.from(name + text)]);
  return Buffer.concat([Buffer.from([0, content.length]), content]);
}
