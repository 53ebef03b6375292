import { join } from "node:path";
import type { ByteImage } from "./byte-image";
import { readImage } from "./image-file";

/** Lies beside vitlab's code. */
const FILE = join(__dirname, "..", "..", "data", "chelsea.png");

/** Chelsea the cat, a photograph of 451x300 pixels by Stéfan van der Walt (CC0, from scikit-image's sample data). */
export function chelsea(): Promise<ByteImage> {
  return readImage(FILE);
}
