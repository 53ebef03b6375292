const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** Numbers of IEEE 754 binary16 (1 sign bit, 5 bits of exponent, 10 of fraction) as float32; exact. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const table = float16Table();
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = table[halves[i] as number] as number;
  return new Float32Array(words.buffer);
}

/** Float32 numbers as binary16, each rounded to the nearest, ties to even; what is too large becomes infinite. */
export function toFloat16(numbers: Float32Array): Uint16Array {
  const halves = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    float[0] = numbers[i] as number;
    halves[i] = float16Bits(word[0] as number);
  }
  return halves;
}

/** Numbers of bfloat16, the upper half of a float32, as float32; exact. */
export function fromBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/** Float32 numbers as bfloat16, each rounded to the nearest, ties to even. */
export function toBfloat16(numbers: Float32Array): Uint16Array {
  const halves = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    float[0] = numbers[i] as number;
    const bits = word[0] as number;
    // Rounding could carry the fraction of a NaN away.
    const nan = (bits & 0x7fffffff) > 0x7f800000;
    halves[i] = nan ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }
  return halves;
}

function float16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00 | ((size >>> 13) & 0x1ff);
  // 65520 is half-way between the largest number, 65504, and the next that there would be.
  if (size >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 a binary16 counts in steps of 2^-24; rounding to whole steps is what adding 2^23 steps does.
  if (size < 0x38800000) {
    word[0] = size;
    float[0] = (float[0] as number) * 2 ** 24;
    return sign | roundToEven(float[0] as number);
  }
  // Re-biases the exponent (127 to 15), and rounds the 13 bits away.
  return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

let table: Uint32Array | undefined;

/** The float32 bits of each of the 65,536 binary16 numbers. */
function float16Table(): Uint32Array {
  if (table) return table;
  table = new Uint32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = (bits & 0x8000) << 16;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 31) table[bits] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) table[bits] = sign | ((exponent + 127 - 15) << 23) | (fraction << 13);
    else {
      float[0] = fraction * 2 ** -24;
      table[bits] = sign | (word[0] as number);
    }
  }
  return table;
}
