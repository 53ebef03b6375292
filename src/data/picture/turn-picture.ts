import type { ByteImage } from "../byte-image";

/** A picture upright that is stored in one of EXIF's eight orientations. */
export function turnPicture(image: ByteImage, orientation: number): ByteImage {
  if (orientation < 2 || orientation > 8) return image;
  const { channels, pixels } = image;
  const swapped = orientation >= 5;
  const width = swapped ? image.height : image.width;
  const height = swapped ? image.width : image.height;
  const right = image.width - 1;
  const bottom = image.height - 1;
  // Where a pixel is taken from: the start, and the way to the next one to the right and downwards, in stored pixels.
  const across = swapped ? image.width : 1;
  const down = swapped ? 1 : image.width;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const start = (fromRight ? right : 0) + (fromBottom ? bottom * image.width : 0);
  const signX = fromRight ? -1 : 1;
  const signY = fromBottom ? -1 : 1;
  const stepAcross = across * (swapped ? signY : signX) * channels;
  const stepDown = down * (swapped ? signX : signY) * channels;
  const turned = new Uint8Array(pixels.length);
  let at = 0;
  for (let row = 0; row < height; row++) {
    let from = start * channels + row * stepDown;
    for (let column = 0; column < width; column++, from += stepAcross)
      for (let channel = 0; channel < channels; channel++) turned[at++] = pixels[from + channel] as number;
  }
  return { width, height, channels, pixels: turned };
}
