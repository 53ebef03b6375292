import type { Random } from "../../base/random";

/** The bytes of a picture of floats, its contrast changed a little and each value by a little noise. */
export function addNoise(pixels: Float32Array, random: Random): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray(pixels.length);
  const gain = random.uniform(0.85, 1.15);
  const noise = random.uniform(1, 9);
  // Triangular noise: two uniform numbers cost less than a normal one, and nobody sees the difference.
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = ((pixels[i] as number) - 128) * gain + 128 + noise * (random.float() + random.float() - 1) * 1.5;
  return bytes;
}
