import { VitlabError } from "../../tensor/error";

/** What a decoder may take, in bytes; with what Node itself and its garbage need, a process stays below 1 GB. */
export const MOST_MEMORY = 750e6;

/**
 * Refuses a size that no decoder here should be asked for.
 *
 * @param bytesPerPixel what the decoder takes for each pixel at its peak
 * @throws VitlabError whose message goes on after the file's name.
 */
export function checkSize(width: number, height: number, bytesPerPixel: number): void {
  if (width < 1 || height < 1)
    throw new VitlabError(`claims to be ${height}x${width} pixels large: it is damaged, get a whole copy of it`);
  if (width * height * bytesPerPixel <= MOST_MEMORY) return;
  const most = Math.floor(MOST_MEMORY / bytesPerPixel / 1e6);
  throw new VitlabError(
    `claims to be ${height}x${width} pixels large, and pictures of its kind are read up to ${most} megapixels: make it smaller first, or get a whole copy where it is damaged`,
  );
}
