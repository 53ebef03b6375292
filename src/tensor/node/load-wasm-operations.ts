import { readFileSync } from "node:fs";
import path from "node:path";
import { hasRelaxedSimd, offerWasmOperations } from "../wasm-operations";

/** The module for this host, as `npm run wasm` made it: with relaxed SIMD where there is that. */
export function wasmOperationsFile(relaxed: boolean): string {
  const folder = path.join(__dirname, "..", "..", "..", "data", "operations");
  return path.join(folder, relaxed ? "relaxed-simd.wasm" : "simd.wasm");
}

let loading: Promise<void> | undefined;

/** Offers the operations to the WebAssembly engine, once; without SIMD, or without the file, it goes on with TensorFlow.js's own. */
export function loadWasmOperations(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  try {
    offerWasmOperations(await WebAssembly.compile(readFileSync(wasmOperationsFile(hasRelaxedSimd()))));
  } catch {
    // `Engine.compiled` tells.
  }
}
