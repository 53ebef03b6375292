import { VitlabError } from "../base/error";

/** A file in a tar archive. */
interface TarFile {
  /** Its path in the archive. */
  name: string;
  data: Uint8Array;
}

const BLOCK = 512;

/**
 * The regular files of a tar archive (POSIX.1-1988 ustar), one after another; folders and links are passed over.
 *
 * @throws VitlabError when it isn't a tar archive, or is cut off.
 */
export function* tarFiles(archive: Uint8Array): Generator<TarFile, void, undefined> {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    // Two empty blocks end an archive; one is enough to stop at.
    if (header.every((byte) => byte === 0)) return;
    if (checksum(header) !== octal(header, 148, 8))
      throw new VitlabError(`the tar archive is damaged at byte ${at}: its header doesn't match its checksum`);
    const size = octal(header, 124, 12);
    const start = at + BLOCK;
    if (start + size > archive.length)
      throw new VitlabError(`the tar archive is cut off: ${text(header, 0, 100)} ends after byte ${archive.length}`);
    const type = header[156];
    if (type === 0 || type === 0x30) {
      const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : "";
      const name = text(header, 0, 100);
      yield { name: prefix ? `${prefix}/${name}` : name, data: archive.subarray(start, start + size) };
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
}

function octal(header: Uint8Array, start: number, length: number): number {
  return Number.parseInt(text(header, start, length).trim() || "0", 8);
}

/** The sum of the header's bytes, its checksum field counted as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}
