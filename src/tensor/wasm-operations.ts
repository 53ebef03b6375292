import type { DataType, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { ACTIVATION_NUMBERS } from "./activation-numbers";
import type { CompiledOperation, CompiledSettings, RunCompiled } from "./compiled";
import { tf } from "./tf";

/** The part of the WebAssembly backend that this file calls. */
interface WasmBackend {
  wasm: {
    HEAPU8: Uint8Array;
    HEAP32: Int32Array;
    HEAPF32: Float32Array;
    /** What its WebAssembly module exports. */
    asm?: Record<string, unknown>;
  };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object): boolean;
}

/** Allocator and memory of a backend. */
interface Room {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(address: number): void;
}

type Operations = Record<CompiledOperation, (settings: number, inputs: number) => void>;

/** Bytes for what C++ keeps on its stack: a few tiles of a product, and one row of a block of queries. */
const STACK = 128 * 1024;
/** Numbers of 4 bytes that an operation is told: its settings, and of each input the address, the rank, and six axes. */
const SETTINGS = 16;
const INPUT = 8;

let offered: WebAssembly.Module | undefined;
let started = new WeakMap<object, RunCompiled | null>();

/** A module of one function whose one instruction is f32x4.relaxed_madd. */
const RELAXED = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
];

/** Whether the host multiplies and adds in one instruction: Node from 22 on. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED));
}

/** Says which module holds the operations for the WebAssembly backend. */
export function offerWasmOperations(module: WebAssembly.Module): void {
  offered = module;
  started = new WeakMap();
}

/** What runs them, where that backend is in use, the module was offered, and they can share its memory. */
export function wasmOperations(): RunCompiled | undefined {
  if (!offered || tf.getBackend() !== "wasm") return undefined;
  const backend = tf.backend() as unknown as WasmBackend;
  let run = started.get(backend);
  if (run === undefined) {
    run = start(offered, backend) ?? null;
    started.set(backend, run);
  }
  return run ?? undefined;
}

/** An instance of the module within the memory of a backend; undefined where its memory can't be had. */
function start(module: WebAssembly.Module, backend: WasmBackend): RunCompiled | undefined {
  const room = roomOf(backend);
  if (!room) return undefined;
  const outputs: TensorInfo[] = [];
  const stack = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  let operations: Operations;
  let top: number;
  try {
    const { bytes, tableSize } = needsOf(module);
    const place = room.malloc(STACK + bytes + 16);
    if (place === 0) return undefined;
    // The stack grows downwards from where the data begin.
    top = (place + STACK + 15) & ~15;
    stack.value = top;
    backend.wasm.HEAPU8.fill(0, top >>> 0, (top >>> 0) + bytes);
    const instance = new WebAssembly.Instance(module, {
      env: {
        memory: room.memory,
        __memory_base: new WebAssembly.Global({ value: "i32", mutable: false }, top),
        __table_base: new WebAssembly.Global({ value: "i32", mutable: false }, 0),
        __stack_pointer: stack,
        __indirect_function_table: new WebAssembly.Table({ element: "anyfunc", initial: tableSize }),
      },
      backend: {
        malloc: room.malloc,
        free: room.free,
        output(index: number, shape: number, rank: number): number {
          const dims = Array.from({ length: rank }, (_, i) => backend.wasm.HEAP32[(shape >>> 2) + 2 * i] as number);
          const info = backend.makeOutput(dims, "float32");
          outputs[index] = info;
          const { memoryOffset } = backend.dataIdMap.get(info.dataId);
          if (memoryOffset === 0) throw new VitlabError(`WebAssembly has no more memory for a tensor of ${dims}`);
          return memoryOffset;
        },
        refuse(text: number): never {
          const { HEAPU8 } = backend.wasm;
          throw new VitlabError(String.fromCharCode(...HEAPU8.subarray(text >>> 0, HEAPU8.indexOf(0, text >>> 0))));
        },
      },
    });
    const { __wasm_apply_data_relocs: relocate, __wasm_call_ctors: construct } = instance.exports as Record<
      string,
      (() => void) | undefined
    >;
    relocate?.();
    construct?.();
    operations = instance.exports as unknown as Operations;
  } catch {
    return undefined;
  }
  const write = callWriter(backend, room);
  return (operation, inputs, count, settings = {}) => {
    const written = write(operation, inputs, settings);
    outputs.length = 0;
    try {
      operations[operation](written, written + 4 * SETTINGS);
      if (outputs.length !== count) throw new VitlabError(`${operation} has ${outputs.length} outputs, not ${count}`);
    } catch (error) {
      stack.value = top;
      for (const { dataId } of outputs.splice(0)) backend.disposeData(dataId);
      throw error;
    }
    return outputs.splice(0).map((info) => tf.engine().makeTensorFromTensorInfo(info));
  };
}

/** Writes down what C++ has to know of a call, as its wasm-call.h reads it; returns the address. */
function callWriter(
  backend: WasmBackend,
  room: Room,
): (operation: CompiledOperation, inputs: readonly Tensor[], settings: CompiledSettings) => number {
  let address = 0;
  let most = -1;
  return (operation, inputs, settings) => {
    const wrong = inputs.find(({ dtype }) => dtype !== "float32");
    if (wrong) throw new VitlabError(`${operation} got a tensor of ${wrong.dtype}: it takes float32`);
    if (inputs.length > most) {
      if (address) room.free(address);
      most = Math.max(inputs.length, 16);
      address = room.malloc((SETTINGS + most * INPUT) * 4);
      if (address === 0) {
        most = -1;
        throw new VitlabError(`WebAssembly has no more memory for ${inputs.length} inputs of ${operation}`);
      }
    }
    // The look-up moves what another backend holds here: memory may grow, and the views of it change.
    const places = inputs.map(({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset);
    const { HEAP32, HEAPF32 } = backend.wasm;
    const start = address >>> 2;
    const {
      rate = 0,
      epsilon = 0,
      heads = 1,
      activation,
      keep = false,
      count = 1,
      features = 0,
      patch = 1,
      placed = 0,
    } = settings;
    const { bfloat16 = false, channelsFirst = true, preNorm = true, meanPool = false } = settings;
    HEAPF32.set([rate, epsilon], start);
    const kind = activation ? ACTIVATION_NUMBERS[activation] : 0;
    const flags = [channelsFirst, preNorm, meanPool].map(Number);
    HEAP32.set([heads, kind, Number(keep), count, Number(bfloat16), features, patch, placed, ...flags], start + 2);
    inputs.forEach(({ shape }, i) => {
      HEAP32.set([places[i] as number, shape.length, ...shape], start + SETTINGS + i * INPUT);
    });
    return address;
  };
}

function roomOf({ wasm }: WasmBackend): Room | undefined {
  const { memory, malloc, free } = wasm?.asm ?? {};
  if (!(memory instanceof WebAssembly.Memory) || memory.buffer !== wasm.HEAPU8?.buffer) return undefined;
  if (typeof malloc !== "function" || typeof free !== "function") return undefined;
  return { memory, malloc: malloc as Room["malloc"], free: free as Room["free"] };
}

/** Bytes of data and size of the table that a module wants, from its section "dylink.0" (WebAssembly tool conventions, "Dynamic Linking"). */
function needsOf(module: WebAssembly.Module): { bytes: number; tableSize: number } {
  const [section] = WebAssembly.Module.customSections(module, "dylink.0");
  const bytes = new Uint8Array(section as ArrayBuffer);
  let at = 2;
  const next = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const [size, , tableSize] = [next(), next(), next()];
  return { bytes: size as number, tableSize: tableSize as number };
}
