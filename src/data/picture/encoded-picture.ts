/** A picture that was looked at and found whole, as the decoder gets it. */
export interface EncodedPicture {
  /** The file without what changes colors or turns the picture: profiles, gamma, EXIF. */
  data: Buffer;
  /** How it is stored: 1 upright, 2 to 8 mirrored or turned, as EXIF counts. */
  orientation: number;
  /** What shows where there is no picture. Default white. */
  background?: string;
}

/** The parts of a buffer from and to these bytes, moved together in place: a copy could be hundreds of megabytes. */
export function keepParts(data: Buffer, parts: readonly (readonly [from: number, to: number])[]): Buffer {
  let end = 0;
  for (const [from, to] of parts) {
    data.copyWithin(end, from, to);
    end += to - from;
  }
  return data.subarray(0, end);
}
