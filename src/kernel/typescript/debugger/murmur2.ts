const M = 0x5bd1e995;

/**
 * MurmurHash2 of the text's UTF-8 bytes, 32 bits, unsigned: by it JupyterLab and the kernel agree on a cell's name.
 * After Austin Appleby's MurmurHash2 (public domain).
 */
export function murmur2(text: string, seed: number): number {
  const data = Buffer.from(text);
  let hash = seed ^ data.length;
  let at = 0;
  for (; at + 4 <= data.length; at += 4) {
    let k = Math.imul(data.readInt32LE(at), M);
    k = Math.imul(k ^ (k >>> 24), M);
    hash = Math.imul(hash, M) ^ k;
  }
  if (at < data.length) {
    for (let i = data.length - 1; i >= at; i--) hash ^= data[i]! << (8 * (i - at));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}
