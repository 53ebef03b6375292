import { VitlabError } from "../../base/error";

/** What reading a picture may take at its peak, in bytes; with what Node itself and its garbage need, 1.5 GB suffice. */
export const MOST_MEMORY = 1.25e9;

/** The largest file that is read as a picture, in bytes. */
export const MOST_FILE = 512e6;

/**
 * Refuses a size that no decoder here should be asked for.
 *
 * @param bytesPerPixel what the decoder takes for each pixel at its peak, the file itself left aside
 * @param file the file's own bytes
 * @throws VitlabError whose message goes on after the file's name.
 */
export function checkSize(width: number, height: number, bytesPerPixel: number, file: number): void {
  if (width < 1 || height < 1)
    throw new VitlabError(`claims to be ${height}x${width} pixels large: it is damaged, get a whole copy of it`);
  if (width * height * bytesPerPixel + file <= MOST_MEMORY) return;
  const most = Math.floor((MOST_MEMORY - file) / bytesPerPixel / 1e6);
  throw new VitlabError(
    `claims to be ${height}x${width} pixels large, and pictures of its kind are read up to ${most} megapixels: make it smaller first, or get a whole copy where it is damaged`,
  );
}
