import type { Random } from "../base/random";

/** Images as bytes, image after image, HWC. */
export interface ByteBatch {
  /** Count of images. */
  readonly length: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly images: Uint8Array;
}

/** Makes new images of a batch; leaves the batch as it is, and draws only from the generator given. */
export type Augmentation = (batch: ByteBatch, random: Random) => Uint8Array;
