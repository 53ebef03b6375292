import { createRequire } from "node:module";
import { count } from "../present/cut-text";

/** What is used of TensorFlow.js: the kernel doesn't depend on it. */
interface TensorLibrary {
  memory(): { numTensors: number; numDataBuffers: number; numBytes: number };
  engine(): unknown;
  getBackend?(): string;
  version_core?: string;
}

/** The tensors of every TensorFlow.js that is loaded, and the memory of the process, as `%memory` prints them. */
export function memoryText(modules: Readonly<Record<string, NodeJS.Module | undefined>> = loadedModules()): string {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const lines = tensorLibraries(modules).map((library) => {
    const { numTensors, numDataBuffers, numBytes } = library.memory();
    const name = ["TensorFlow.js", library.version_core, library.getBackend && `(${library.getBackend()})`];
    const tensors = `${count(numTensors)} ${numTensors === 1 ? "tensor" : "tensors"}`;
    const buffers = `${count(numDataBuffers)} ${numDataBuffers === 1 ? "buffer" : "buffers"}`;
    return `${name.filter(Boolean).join(" ")}: ${tensors}, ${bytes(numBytes)} in ${buffers}\n`;
  });
  const heap = `heap ${bytes(heapUsed)} of ${bytes(heapTotal)}, ${bytes(external)} outside of it`;
  return `${lines.join("")}Process: ${bytes(rss)} resident, ${heap}\n`;
}

/** 1536 as `1.5 KiB`. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const order = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  return `${Number((value / 1024 ** order).toFixed(order === 0 ? 0 : 1))} ${units[order]}`;
}

function tensorLibraries(modules: Readonly<Record<string, NodeJS.Module | undefined>>): TensorLibrary[] {
  const found = new Map<unknown, TensorLibrary>();
  for (const [path, loaded] of Object.entries(modules)) {
    // Other packages aren't asked: reading a property of a module may run code.
    if (!/[\\/](@tensorflow|tfjs[^\\/]*)[\\/]/.test(path)) continue;
    const library = loaded?.exports as Partial<TensorLibrary> | undefined;
    try {
      if (typeof library?.memory !== "function" || typeof library.engine !== "function") continue;
      const engine = library.engine();
      // The umbrella package hands on what its core exports: the most complete is kept, once an engine.
      if (!found.has(engine) || library.version_core) found.set(engine, library as TensorLibrary);
    } catch {
      // A library that can't be asked has nothing to tell.
    }
  }
  return [...found.values()];
}

function loadedModules(): Readonly<Record<string, NodeJS.Module | undefined>> {
  return createRequire(__filename).cache;
}
