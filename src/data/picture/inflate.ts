import { once } from "node:events";
import zlib from "node:zlib";

/**
 * How many bytes deflated parts unpack to, none of them kept; one more than `most` where they are more.
 *
 * @returns "damaged" where they can't be unpacked, 0 and up otherwise; fewer than there should be where they are cut off.
 */
export async function inflatedLength(parts: readonly Buffer[], most: number): Promise<number | "damaged"> {
  const inflate = zlib.createInflate({ chunkSize: 2 ** 18, finishFlush: zlib.constants.Z_SYNC_FLUSH });
  let length = 0;
  inflate.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > most) inflate.destroy();
  });
  const ended = once(inflate, "close").catch(() => undefined);
  let isDamaged = false;
  inflate.on("error", () => {
    isDamaged = true;
  });
  for (const part of parts) {
    if (inflate.destroyed) break;
    if (!inflate.write(part)) await Promise.race([once(inflate, "drain").catch(() => undefined), ended]);
  }
  if (!inflate.destroyed) inflate.end();
  await ended;
  if (length > most) return most + 1;
  return isDamaged ? "damaged" : length;
}
