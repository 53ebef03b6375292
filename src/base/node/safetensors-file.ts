import type { FileHandle } from "node:fs/promises";
import { VitlabError } from "../error";
import { type HeaderEntry, headerLength, parseHeader, type SafetensorsHeader } from "../safetensors-header";
import { decodeNumbers, isReadable, type SafetensorsEntry } from "../safetensors-numbers";
import { openRegularFile } from "./read-regular-file";
import { beginDigest, CONTENT_DIGEST, digestName } from "./safetensors-digest";

/**
 * A safetensors file open for reading: the header in memory, each tensor read when it is asked for.
 *
 * @example
 * ```ts
 * import { SafetensorsFile, saveSafetensors } from "vitlab";
 *
 * await saveSafetensors("a.safetensors", { ones: { shape: [3], data: new Float32Array(3).fill(1) } });
 * const file = await SafetensorsFile.open("a.safetensors");
 * console.log(file.names(), (await file.read("ones")).data); // [ 'ones' ] Float32Array(3) [ 1, 1, 1 ]
 * await file.close();
 * ```
 */
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

  /** The file's `__metadata__`: text by name. SHA-256s are left out, as they hold for this file alone. */
  get metadata(): Readonly<Record<string, string>> {
    const { metadata } = this.header;
    return Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith(CONTENT_DIGEST)));
  }

  /** The SHA-256 that a JSON file beside this one had when both were written (`jsonDigest`); undefined where none was noted. */
  digestOf(jsonFile: string): string | undefined {
    return this.header.metadata[digestName(jsonFile)];
  }

  /** Whether the numbers of a tensor are of a type that `read` gives. */
  isReadable(name: string): boolean {
    return isReadable(this.entry(name)?.dtype);
  }

  /**
   * Reads the whole file and holds it against the SHA-256 that it was written with, as all weights that vitlab writes have
   * one; a file without, of another program, passes unread.
   *
   * @throws VitlabError when its content is another.
   */
  async verify(): Promise<void> {
    const expected = this.header.metadata[CONTENT_DIGEST];
    if (expected === undefined) return;
    const digest = beginDigest(this.header);
    try {
      for await (const chunk of this.body()) digest.update(chunk);
    } catch (error) {
      throw unreadable(this.file, error);
    }
    if (digest.digest("hex") !== expected)
      throw new VitlabError(
        `${this.file} is damaged: its content doesn't have the SHA-256 it was written with; get it again, or train anew`,
      );
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

  /** The bytes behind the header, a chunk at a time; the next is read while a chunk is looked at, which is good until then. */
  private async *body(): AsyncGenerator<Uint8Array> {
    let [chunk, next] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
    let position = this.start;
    let reading = this.handle.read(chunk, 0, CHUNK, position);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      position += bytesRead;
      reading = this.handle.read(next, 0, CHUNK, position);
      yield chunk.subarray(0, bytesRead);
      [chunk, next] = [next, chunk];
    }
  }

  /** Closes the file; nothing can be read afterwards. */
  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Bytes read at a time to be hashed: they are still in the processor's cache then. */
const CHUNK = 2 ** 20;

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
