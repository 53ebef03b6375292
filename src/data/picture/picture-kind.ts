/** A format that is read. */
export type PictureFormat = "PNG" | "JPEG" | "GIF" | "BMP" | "TIFF" | "WebP" | "AVIF";

/** What a file holds, told by its first bytes, whatever its name says. */
export type FileKind = { format: PictureFormat } | { unread: string };

/** Formats that aren't read, by how a file starts, or what stands at a place in it: what each is called, after "is". */
const UNREAD: readonly (readonly [kind: string, starts: readonly string[], at?: number])[] = [
  ["a JPEG XL picture", ["\xff\x0a", "\0\0\0\x0cJXL "]],
  ["a JPEG 2000 picture", ["\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"]],
  ["a PDF document", ["%PDF"]],
  ["a PostScript drawing", ["%!PS", "\xc5\xd0\xd3\xc6"]],
  ["a Photoshop document (PSD)", ["8BPS"]],
  ["a GIMP document (XCF)", ["gimp xcf"]],
  ["a Windows icon", ["\0\0\x01\0", "\0\0\x02\0"]],
  ["an OpenEXR picture", ["v/1\x01"]],
  ["a Radiance HDR picture", ["#?RADIANCE", "#?RGBE"]],
  ["a QOI picture", ["qoif"]],
  ["a Netpbm picture (PPM, PGM, PBM)", ["P1\n", "P2\n", "P3\n", "P4\n", "P5\n", "P6\n", "P7\n"]],
  ["a FITS picture", ["SIMPLE  ="]],
  ["a DDS texture", ["DDS "]],
  ["a DICOM picture", ["DICM"], 128],
  ["a raw photograph", ["II\x55\0", "IIRO", "IIRS", "FUJIFILMCCD-RAW"]],
  ["a raw photograph", ["ftypcrx"], 4],
  ["a JPEG XR picture", ["II\xbc"]],
  ["HEIC", ["ftyphei", "ftyphev", "ftypmif1", "ftypmsf1"], 4],
  ["a video", ["ftyp"], 4],
  ["a video", ["AVI "], 8],
  ["a video", ["\x1a\x45\xdf\xa3"]],
  ["a pointer of Git LFS, which `git lfs pull` replaces by the picture,", ["version https://git-lfs"]],
  ["a ZIP archive", ["PK\x03\x04"]],
  ["a gzip archive", ["\x1f\x8b"]],
];
/** The same for text, which may start with comments and blanks. */
const UNREAD_TEXT: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["an SVG drawing", /^\s*<(\?xml|!--|!DOCTYPE svg|svg).*<svg|^\s*<svg/is],
  ["a page of HTML", /^\s*<(!DOCTYPE html|html|head|body)/i],
];

/** What a file holds; undefined where its first bytes are of nothing known. */
export function pictureKind(data: Buffer): FileKind | undefined {
  const start = data.toString("latin1", 0, 1024);
  const startsWith = (...texts: string[]) => texts.some((text) => start.startsWith(text));
  if (startsWith("\x89PNG\r\n\x1a\n")) return { format: "PNG" };
  if (startsWith("\xff\xd8\xff")) return { format: "JPEG" };
  if (startsWith("GIF87a", "GIF89a")) return { format: "GIF" };
  if (startsWith("BM")) return { format: "BMP" };
  if (startsWith("II*\0", "MM\0*", "II+\0", "MM\0+")) return { format: "TIFF" };
  if (startsWith("RIFF") && start.startsWith("WEBP", 8)) return { format: "WebP" };
  if (isAvif(data)) return { format: "AVIF" };
  const unread =
    UNREAD.find(([, starts, at = 0]) => starts.some((text) => start.startsWith(text, at))) ??
    UNREAD_TEXT.find(([, pattern]) => pattern.test(start.replace("\xef\xbb\xbf", "")));
  return unread && { unread: unread[0] };
}

/** The first box names the brands that a file keeps to (ISO/IEC 14496-12). */
function isAvif(data: Buffer): boolean {
  if (data.toString("latin1", 4, 8) !== "ftyp") return false;
  const brands = data.toString("latin1", 8, Math.min(data.readUInt32BE(0), 256));
  for (let at = 0; at + 4 <= brands.length; at += 4) if (/^avi[fs]$/.test(brands.slice(at, at + 4))) return true;
  return false;
}
