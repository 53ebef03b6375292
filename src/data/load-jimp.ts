/** Loads Jimp, only where a picture is written as PNG: it takes a third of a second. */
export function loadJimp() {
  return import("jimp");
}
