import { createHash } from "node:crypto";
import { relativeHref } from "./relative-href.mjs";

const ENDINGS = {
  "image/svg+xml": "svg",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
};

/** Kinds of pictures that a page can show, the best first. */
export const PICTURES = Object.keys(ENDINGS);

/**
 * Puts a picture among the site's files, once for all pages that show it, and gives its address from a page.
 *
 * @param data bytes, or the text of an SVG document
 */
export function putPicture(files, { mime, data, page }) {
  const name = createHash("sha256").update(data).digest("hex").slice(0, 16);
  const path = `pictures/${name}.${ENDINGS[mime]}`;
  files.set(path, data);
  return relativeHref(page, path);
}

/** The size that a picture is drawn in, `{ width, height }`, where it says one: of SVG and PNG. */
export function pictureSize(mime, data) {
  if (mime === "image/png" && data.length > 24) return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  if (mime !== "image/svg+xml") return {};
  const [tag = ""] = `${data}`.match(/<svg\b[^>]*>/) ?? [];
  const [width, height] = ["width", "height"].map((name) =>
    Number(tag.match(new RegExp(`\\s${name}="([\\d.]+)`))?.[1]),
  );
  return width > 0 && height > 0 ? { width, height } : {};
}
