import fc from "fast-check";

/** Numbers at which lengths and offsets go wrong. */
const NUMBERS = [
  0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
];

type Change = readonly [kind: number, at: number, size: number, number: number];

const KINDS: readonly ((data: Buffer, at: number, size: number, number: number) => Buffer)[] = [
  flipped,
  flipped,
  (data, at, _, number) => written(data, at, 1, (to) => to.writeUInt8(number & 0xff, at)),
  (data, at, _, number) => written(data, at, 2, (to) => to.writeUInt16LE(number & 0xffff, at)),
  (data, at, _, number) => written(data, at, 2, (to) => to.writeUInt16BE(number & 0xffff, at)),
  (data, at, _, number) => written(data, at, 4, (to) => to.writeUInt32LE(number, at)),
  (data, at, _, number) => written(data, at, 4, (to) => to.writeUInt32BE(number, at)),
  (data, at, _, number) => written(data, at, 8, (to) => to.writeBigUInt64LE(BigInt(number) << 16n, at)),
  // Cut off, a piece taken out, a piece twice, a piece of something else.
  (data, at) => data.subarray(0, at),
  (data, at, size) => Buffer.concat([data.subarray(0, at), data.subarray(at + size)]),
  (data, at, size) => Buffer.concat([data.subarray(0, at + size), data.subarray(at)]),
  (data, at, size, number) =>
    Buffer.concat([data.subarray(0, at), Buffer.alloc(size, number & 0xff), data.subarray(at)]),
  (data, at, size, number) => {
    const to = Buffer.from(data);
    to.copyWithin(at, number % data.length, (number % data.length) + size);
    return to;
  },
];

// Most of what counts stands at the beginning.
const place = fc.oneof(fc.nat(63), fc.nat(511), fc.nat(0xffff));
const change: fc.Arbitrary<Change> = fc.tuple(
  fc.nat(KINDS.length - 1),
  place,
  fc.integer({ min: 1, max: 64 }),
  fc.oneof(fc.constantFrom(...NUMBERS), fc.nat(0xff)),
);

/** Files that were whole, with bytes flipped, overwritten, cut, doubled or put elsewhere; a few are no more than noise. */
export function damagedBytes(whole: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  const damaged = fc
    .tuple(whole, fc.array(change, { minLength: 1, maxLength: 5, size: "max" }))
    .map(([data, changes]) => changes.reduce(changed, Buffer.from(data)));
  return fc.oneof({ arbitrary: damaged, weight: 9 }, { arbitrary: noise, weight: 1 });
}

const noise = fc.uint8Array({ maxLength: 256, size: "max" }).map((data) => Buffer.from(data));

function changed(data: Buffer, [kind, place, size, number]: Change): Buffer {
  if (data.length === 0) return data;
  return (KINDS[kind] as (typeof KINDS)[number])(data, place % data.length, size, number);
}

function flipped(data: Buffer, at: number, size: number): Buffer {
  return written(data, at, 1, (to) => to.writeUInt8((data[at] as number) ^ (1 << (size & 7)), at));
}

function written(data: Buffer, at: number, bytes: number, write: (to: Buffer) => void): Buffer {
  if (at + bytes > data.length) return data;
  const to = Buffer.from(data);
  write(to);
  return to;
}
