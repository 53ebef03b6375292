import { count } from "./cut-text";

const FORMATS = [
  { type: "image/png", name: "PNG", magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", name: "JPEG", magic: [0xff, 0xd8, 0xff] },
  { type: "image/gif", name: "GIF", magic: [0x47, 0x49, 0x46, 0x38] },
] as const;

/** The bytes of a PNG, JPEG or GIF file as an image; null for any other value. */
export function imageBundle(value: unknown): Record<string, string> | null {
  if (!(value instanceof Uint8Array)) return null;
  const format = FORMATS.find(({ magic }) => magic.every((byte, i) => value[i] === byte));
  if (!format) return null;
  return {
    [format.type]: base64(value),
    "text/plain": `${format.name} image${size(format.name, value)}, ${count(value.length)} bytes`,
  };
}

/** Bytes as Jupyter sends them. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function size(format: string, bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "PNG" && bytes.length >= 24) return ` ${view.getUint32(16)} × ${view.getUint32(20)}`;
  if (format === "GIF" && bytes.length >= 10) return ` ${view.getUint16(6, true)} × ${view.getUint16(8, true)}`;
  return "";
}
