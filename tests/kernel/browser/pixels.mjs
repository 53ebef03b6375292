import { createCanvas, loadImage } from "@napi-rs/canvas";

/** A screenshot (a PNG file) whose pixels can be asked for. */
export async function readPixels(png) {
  const image = await loadImage(png);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  return new Pixels(width, height, context.getImageData(0, 0, width, height).data, png);
}

class Pixels {
  constructor(width, height, rgba, png) {
    Object.assign(this, { width, height, rgba, png });
  }

  /** Where a color is: the number of its pixels and the box around them. */
  find(color, tolerance = 12) {
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    const found = { count: 0, left: Infinity, right: -1, top: Infinity, bottom: -1 };
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        const place = (y * this.width + x) * 4;
        if (Math.abs(this.rgba[place] - red) > tolerance) continue;
        if (Math.abs(this.rgba[place + 1] - green) > tolerance) continue;
        if (Math.abs(this.rgba[place + 2] - blue) > tolerance) continue;
        found.count++;
        found.left = Math.min(found.left, x);
        found.right = Math.max(found.right, x);
        found.top = Math.min(found.top, y);
        found.bottom = Math.max(found.bottom, y);
      }
    }
    return found;
  }

  /** A part of the picture, from column `left` up to `right`. */
  columns(left, right) {
    const rgba = [];
    for (let y = 0; y < this.height; y++)
      rgba.push(...this.rgba.subarray((y * this.width + left) * 4, (y * this.width + right) * 4));
    return new Pixels(right - left, this.height, Uint8ClampedArray.from(rgba));
  }

  /** The share of pixels of one color. */
  share(color, tolerance) {
    return this.find(color, tolerance).count / (this.width * this.height);
  }

  /** Whether two pictures show the same, but for single pixels. */
  equals(other) {
    if (this.width !== other.width || this.height !== other.height) return false;
    let different = 0;
    for (let place = 0; place < this.rgba.length; place += 4)
      if ([0, 1, 2].some((channel) => Math.abs(this.rgba[place + channel] - other.rgba[place + channel]) > 32))
        different++;
    return different < 0.001 * this.width * this.height;
  }
}
