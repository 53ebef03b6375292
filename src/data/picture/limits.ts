import { VitlabError } from "../../base/error";

/** What reading a picture may take at its peak, in bytes; with what Node itself and its garbage need, 1.5 GB suffice. */
export const MOST_MEMORY = 1.25e9;

/** The largest file that is read as a picture, in bytes. */
export const MOST_FILE = 512e6;

/** What bounds a picture's size. */
export interface SizeLimits {
  /** What the decoder takes for each pixel at its peak, the file itself left aside. */
  bytesPerPixel: number;
  /** The file's own bytes. */
  file: number;
  /** What the caller takes at most. */
  megapixels: number;
}

/**
 * Refuses a size that no decoder here should be asked for, or that the caller doesn't want.
 *
 * @throws VitlabError whose message goes on after the file's name.
 */
export function checkSize(width: number, height: number, { bytesPerPixel, file, megapixels }: SizeLimits): void {
  if (width < 1 || height < 1)
    throw new VitlabError(`claims to be ${height}x${width} pixels large: it is damaged, get a whole copy of it`);
  if (width * height > megapixels * 1e6)
    throw new VitlabError(
      `claims to be ${height}x${width} pixels large, and pictures of up to ${megapixels} megapixels are taken: make it smaller first`,
    );
  if (width * height * bytesPerPixel + file <= MOST_MEMORY) return;
  const most = Math.floor((MOST_MEMORY - file) / bytesPerPixel / 1e6);
  throw new VitlabError(
    `claims to be ${height}x${width} pixels large, and pictures of its kind are read up to ${most} megapixels: make it smaller first, or get a whole copy where it is damaged`,
  );
}
