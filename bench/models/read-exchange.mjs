import { readFileSync } from "node:fs";

/** Reads what `exchange.mjs` wrote: `{ weights, images, labels }`, weights by name as `{ shape, data }`, images as bytes. */
export function readExchange(file) {
  const bytes = readFileSync(file);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerLength));
  const body = bytes.byteOffset + 8 + headerLength;
  const tensors = Object.entries(header).map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const data = new Float32Array(bytes.buffer.slice(body + from, body + to));
      return [name, { shape, data }];
    },
  );
  const { "input.images": images, "input.labels": labels, ...weights } = Object.fromEntries(tensors);
  return {
    weights,
    images: { shape: images.shape, data: Uint8Array.from(images.data) },
    labels: Int32Array.from(labels.data),
  };
}
