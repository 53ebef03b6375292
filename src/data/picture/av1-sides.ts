const SEQUENCE_HEADER = 1;

/**
 * The sides of the frames in a stream of AV1, as each of its sequence headers has them (AV1 specification, 5.3 and 5.5): what
 * the decoder makes room for, whatever the file around it says.
 *
 * Nothing for bytes that are no such stream.
 *
 * @throws RangeError where a header is cut off.
 */
export function* av1Sides(stream: Buffer): Generator<[width: number, height: number], void, undefined> {
  for (let at = 0; at < stream.length; ) {
    const head = stream.readUInt8(at++);
    // Bits that are always 0.
    if (head & 0x81) return;
    if (head & 0x04) at++;
    let size = stream.length - at;
    if (head & 0x02) {
      size = 0;
      // Seven bits a byte, the lowest ones first.
      for (let shift = 0; shift < 56; shift += 7) {
        const byte = stream.readUInt8(at++);
        size += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) break;
      }
    }
    if (head >> 3 === SEQUENCE_HEADER) yield sequenceSides(new Bits(stream.subarray(at, at + size)));
    at += size;
  }
}

function sequenceSides(bits: Bits): [width: number, height: number] {
  bits.read(4);
  if (bits.read(1)) bits.read(5);
  else readOperatingPoints(bits);
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  return [bits.read(widthBits) + 1, bits.read(heightBits) + 1];
}

/** What stands between the flags and the sides of a stream of several frames. */
function readOperatingPoints(bits: Bits): void {
  let delayBits = 0;
  if (bits.read(1)) {
    bits.read(64);
    if (bits.read(1)) bits.readExponential();
    if (bits.read(1)) {
      delayBits = bits.read(5) + 1;
      bits.read(42);
    }
  }
  const hasDisplayDelay = bits.read(1);
  const points = bits.read(5) + 1;
  for (let point = 0; point < points; point++) {
    bits.read(12);
    if (bits.read(5) > 7) bits.read(1);
    if (delayBits > 0 && bits.read(1)) bits.read(2 * delayBits + 1);
    if (hasDisplayDelay && bits.read(1)) bits.read(4);
  }
}

/** Bits from the highest of the first byte on. */
class Bits {
  private at = 0;

  constructor(private readonly data: Buffer) {}

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.at++)
      value = value * 2 + ((this.data.readUInt8(this.at >> 3) >> (7 - (this.at & 7))) & 1);
    return value;
  }

  /** A number that says by leading zeros how long it is. */
  readExponential(): void {
    let zeros = 0;
    while (!this.read(1)) zeros++;
    this.read(zeros);
  }
}
