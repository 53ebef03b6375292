import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { VitlabError } from "../error";

/** The largest JSON file that is read, in bytes: an index of weights has some hundred kilobytes. */
export const MOST_JSON = 64e6;

/** A file open for reading, and how many bytes it has. */
export interface OpenFile {
  handle: FileHandle;
  size: number;
}

/**
 * Opens a file that lies on a disk; close its handle after use.
 *
 * A named pipe, a socket or a device could keep a reader waiting for ever, or never end.
 *
 * @throws VitlabError when it is one of these; NodeJS.ErrnoException as `fs.open` does, EISDIR for a folder.
 */
export async function openRegularFile(file: string): Promise<OpenFile> {
  // Without waiting for somebody at the other end of a pipe; the handle is asked, since a name may change its meaning.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    // A socket can't be opened at all.
    if ((error as NodeJS.ErrnoException).code === "ENXIO") throw irregular(file, "a socket or a device");
    throw error;
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw Object.assign(new Error("it is a folder, not a file"), { code: "EISDIR" });
    if (!stats.isFile()) throw irregular(file, kindOf(stats));
    return { handle, size: stats.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The bytes of a file that lies on a disk.
 *
 * @param most bytes; a larger one is refused before it is read
 * @throws VitlabError when it is no regular file, or too large; NodeJS.ErrnoException as `fs.readFile` does.
 */
export async function readRegularFile(file: string, most: number): Promise<Buffer> {
  const { handle, size } = await openRegularFile(file);
  try {
    if (size > most)
      throw new VitlabError(
        `${file} has ${megabytes(size)} MB: files of its kind are read up to ${megabytes(most)} MB; is it the right one?`,
      );
    const data = Buffer.allocUnsafe(size);
    let done = 0;
    while (done < size) {
      // One read brings at most 2 GB.
      const { bytesRead } = await handle.read(data, done, Math.min(size - done, 2 ** 30), done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return data.subarray(0, done);
  } finally {
    await handle.close();
  }
}

/** What stands at a place that holds no regular file, in words: "a named pipe". */
export function kindOf(stats: Pick<Stats, "isFIFO" | "isSocket">): string {
  return stats.isFIFO() ? "a named pipe" : stats.isSocket() ? "a socket" : "a device";
}

function irregular(file: string, kind: string): VitlabError {
  return new VitlabError(`${file} is ${kind}, not a file with bytes to read: give the path of a file`);
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toLocaleString("en-US");
}
