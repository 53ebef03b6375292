import type { FileHandle } from "node:fs/promises";
import type { StateDict } from "../nn/module";
import { writeFileAtomic } from "../tensor/atomic-file";
import { checkOptions, show } from "../tensor/check-options";
import { VitlabError } from "../tensor/error";
import { openRegularFile } from "../tensor/read-regular-file";
import {
  decodeNumbers,
  encodeSafetensors,
  type SafetensorsEntry,
  WEIGHT_TYPES,
  type WeightType,
} from "../tensor/safetensors";
import { type HeaderEntry, headerLength, parseHeader, type SafetensorsHeader } from "../tensor/safetensors-header";

/** A safetensors file open for reading: the header in memory, each tensor read when it is asked for. */
export class SafetensorsFile {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly header: SafetensorsHeader,
    private readonly start: number,
  ) {}

  /**
   * Opens a file and checks its header; close it after use.
   *
   * @throws VitlabError when the file is missing, or not a whole safetensors file.
   */
  static async open(file: string): Promise<SafetensorsFile> {
    const { handle, size } = await openRegularFile(file).catch((error: unknown) => {
      throw error instanceof VitlabError ? error : unreadable(file, error);
    });
    try {
      const length = headerLength(await readBytes(handle, 0, Math.min(8, size)), size, file);
      const header = parseHeader(await readBytes(handle, 8, length), size - 8 - length, file);
      return new SafetensorsFile(file, handle, header, 8 + length);
    } catch (error) {
      await handle.close();
      throw error instanceof VitlabError ? error : unreadable(file, error);
    }
  }

  /** The names of the tensors, in the order of the header. */
  names(): string[] {
    return [...this.header.entries.keys()];
  }

  /** The file's `__metadata__`: text by name. */
  get metadata(): Readonly<Record<string, string>> {
    return this.header.metadata;
  }

  /** Type and shape of a tensor; undefined where there is none of that name. */
  entry(name: string): HeaderEntry | undefined {
    return this.header.entries.get(name);
  }

  /**
   * Reads one tensor; F64, F16 and BF16 numbers become float32.
   *
   * @throws VitlabError when there is none of that name, or its numbers are of another type.
   */
  async read(name: string): Promise<SafetensorsEntry> {
    const entry = this.entry(name);
    if (!entry) throw new VitlabError(`${this.file} has no tensor ${name}`);
    const [from, to] = entry.span;
    let bytes: Uint8Array;
    try {
      bytes = await readBytes(this.handle, this.start + from, to - from);
    } catch (error) {
      throw unreadable(this.file, error);
    }
    return { shape: entry.shape, data: decodeNumbers(bytes, entry, `${this.file}: tensor ${name}`) };
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * Reads the tensors of a safetensors file by name; F64, F16 and BF16 numbers become float32.
 *
 * @throws VitlabError when the file is missing, or not a whole safetensors file.
 */
export async function loadSafetensors(file: string): Promise<StateDict> {
  const open = await SafetensorsFile.open(file);
  try {
    const tensors: StateDict = {};
    for (const name of open.names()) tensors[name] = await open.read(name);
    return tensors;
  } finally {
    await open.close();
  }
}

/** How `saveSafetensors` writes. */
export interface SaveSafetensorsOptions {
  /** "F32", or half the size: "F16" or "BF16", each number rounded to the nearest. Default "F32". */
  dtype?: WeightType;
  /** Text by name, for the file's `__metadata__`. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes tensors into a safetensors file, whole or not at all.
 *
 * @throws VitlabError when a tensor's data don't fill its shape, or the file can't be written.
 */
export async function saveSafetensors(
  file: string,
  tensors: StateDict,
  options: SaveSafetensorsOptions = {},
): Promise<void> {
  checkOptions("saveSafetensors", options, ["dtype", "metadata"]);
  const { dtype = "F32", metadata } = options;
  checkWeightType(dtype);
  await writeFileAtomic(file, encodeSafetensors(tensors, metadata, dtype));
}

/** @throws VitlabError when weights can't be written in numbers of that type. */
export function checkWeightType(dtype: unknown): asserts dtype is WeightType {
  if (!(WEIGHT_TYPES as readonly unknown[]).includes(dtype))
    throw new VitlabError(`dtype is ${show(dtype)}: it must be one of ${WEIGHT_TYPES.join(", ")}`);
}

function unreadable(file: string, error: unknown): VitlabError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder, not a file" : message;
  return new VitlabError(`${file} can't be read: ${why}`);
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  // One read brings at most 2 GB.
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 2 ** 30), position + done);
    if (bytesRead === 0) throw new Error("it became shorter while it was read");
    done += bytesRead;
  }
  return bytes;
}
