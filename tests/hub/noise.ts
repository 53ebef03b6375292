import type { ByteImage } from "../../src/data/byte-image";

/** The picture `[height, width, channels]` that tests/goldens/pillow/make.py draws of a seed. */
export function noise({
  seed,
  from: [height, width, channels],
}: {
  seed: number;
  from: [number, number, number];
}): ByteImage {
  let state = seed;
  const pixels = Uint8Array.from({ length: height * width * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state >>> 24;
    return state & 65536 ? value : value > 127 ? 255 : 0;
  });
  return { width, height, channels, pixels };
}
