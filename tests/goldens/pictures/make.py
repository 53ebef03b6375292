"""Small pictures of every kind, and what Pillow makes of each: expected.safetensors, bytes [row, column, channel].

    python make.py OUT

Made with Python 3.11.7, Pillow 13.0.0, numpy 2.4.6, tifffile 2026.3.3, piexif 1.1.3, opencv-python-headless 5.0.0.93 (JPEG
4:1:1 and 4:4:0), imagecodecs 2026.3.6 (AVIF of 10 bits, and with other primaries), safetensors 0.8.0.

As a reader of photographs asks Pillow: exif_transpose, then convert("RGB"). Three things are asked otherwise, and the test
says so: what is transparent is laid on white; of 16 bits of grey the upper eight count; a colour key of 16 or of 2 bits is
compared as the PNG standard says. Pictures that come out alike are stored once: expected.json names the other one.
"""

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import piexif
import tifffile
from PIL import Image, ImageCms, ImageOps
from safetensors.numpy import save_file

OUT = Path(sys.argv[1])
WIDTH, HEIGHT = 21, 17


def noise(count, seed):
    """The upper bytes of a linear congruential generator."""
    values = np.empty(count, np.uint8)
    state = seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state >> 24
    return values


def drawn():
    """Sharp quarters, a gradient, and a noisy corner: what chroma filters, palettes and predictors treat differently."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    image = np.stack([columns * 255 // (WIDTH - 1), rows * 255 // (HEIGHT - 1), (rows + columns) * 5 % 256], axis=-1)
    image[:8, :10] = (220, 20, 20)
    image[3:6, 4:8] = (20, 40, 230)
    image[9:, 14:] = noise(8 * 7 * 3, 7).reshape(8, 7, 3)
    return image.astype(np.uint8)


RGB = drawn()
PICTURE = Image.fromarray(RGB)
GREY = PICTURE.convert("L")
ALPHA = np.clip((np.mgrid[0:HEIGHT, 0:WIDTH][1] * 12) % 300 - 20, 0, 255).astype(np.uint8)
RGBA = np.dstack([RGB, ALPHA])
CLEAR = Image.fromarray(RGBA)
WIDE = noise(HEIGHT * WIDTH * 4 * 2, 3).view(np.uint16).reshape(HEIGHT, WIDTH, 4)

files = {}


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def profile():
    """sRGB with red and green changed over: a decoder that applies it shows it."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")


def exif(orientation, order=">", kind="H"):
    """An EXIF block whose first list holds the orientation alone; kind as struct has it."""
    number = {"H": 3, "I": 4, "B": 1}[kind]
    value = struct.pack(order + kind, orientation).ljust(4, b"\0")
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "I", 8)
    return head + struct.pack(order + "HHHI", 1, 274, number, 1) + value + bytes(4)


# --- JPEG

def with_segment(jpeg, marker, data):
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def without_segments(jpeg, markers):
    out, at = jpeg[:2], 2
    while jpeg[at + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        if jpeg[at + 1] not in markers:
            out += jpeg[at : at + 2 + length]
        at += 2 + length
    return out + jpeg[at:]


for name, options in {
    "444": dict(subsampling=0),
    "422": dict(subsampling=1),
    "420": dict(subsampling=2),
    "420_95": dict(subsampling=2, quality=95),
    "420_30": dict(subsampling=2, quality=30),
    "420_progressive": dict(subsampling=2, progressive=True),
    "444_progressive": dict(subsampling=0, progressive=True),
    "422_progressive": dict(subsampling=1, progressive=True),
    "restart": dict(subsampling=2, restart_marker_blocks=1),
    "profile": dict(icc_profile=profile()),
    "rgb_adobe": dict(keep_rgb=True, quality=90),
}.items():
    files[f"jpeg_{name}.jpg"] = saved(PICTURE, "JPEG", **options)
files["jpeg_rgb_ids.jpg"] = without_segments(files["jpeg_rgb_adobe.jpg"], [0xE0, 0xEE])
files["jpeg_no_jfif.jpg"] = without_segments(files["jpeg_420.jpg"], [0xE0])
files["jpeg_rgb_progressive.jpg"] = saved(PICTURE, "JPEG", keep_rgb=True, progressive=True)
files["jpeg_grey.jpg"] = saved(GREY, "JPEG")
files["jpeg_grey_progressive.jpg"] = saved(GREY, "JPEG", progressive=True)
files["jpeg_grey_profile.jpg"] = saved(GREY, "JPEG", icc_profile=profile())
for name, factor in {"411": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411, "440": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440}.items():
    done, data = cv2.imencode(".jpg", RGB[:, :, ::-1], [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
    files[f"jpeg_{name}.jpg"] = data.tobytes()
INKS = Image.fromarray(np.dstack([255 - RGB, 255 - np.asarray(GREY)])).convert("RGBA")
CMYK = Image.frombytes("CMYK", (WIDTH, HEIGHT), INKS.tobytes())
files["jpeg_cmyk.jpg"] = saved(CMYK, "JPEG", quality=90)
files["jpeg_cmyk_plain.jpg"] = without_segments(files["jpeg_cmyk.jpg"], [0xE0, 0xEE])
adobe = files["jpeg_cmyk.jpg"].index(b"Adobe")
files["jpeg_ycck.jpg"] = files["jpeg_cmyk.jpg"][: adobe + 11] + b"\2" + files["jpeg_cmyk.jpg"][adobe + 12 :]
files["jpeg_cmyk_profile.jpg"] = with_segment(files["jpeg_cmyk.jpg"], 0xE2, b"ICC_PROFILE\0\1\1" + profile())
for orientation in range(10):
    files[f"jpeg_turned_{orientation}.jpg"] = with_segment(
        files["jpeg_420.jpg"], 0xE1, b"Exif\0\0" + exif(orientation, "<" if orientation % 2 else ">")
    )
files["jpeg_turned_long.jpg"] = with_segment(files["jpeg_420.jpg"], 0xE1, b"Exif\0\0" + exif(6, "<", "I"))
files["jpeg_turned_byte.jpg"] = with_segment(files["jpeg_420.jpg"], 0xE1, b"Exif\0\0" + exif(6, "<", "B"))
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
files["jpeg_turned_xmp.jpg"] = with_segment(files["jpeg_420.jpg"], 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
files["jpeg_turned_exif_before_xmp.jpg"] = with_segment(files["jpeg_turned_xmp.jpg"], 0xE1, b"Exif\0\0" + exif(3))
thumbnail = saved(PICTURE.resize((12, 8)), "JPEG")
for name, own in {"thumbnail_turned": {}, "thumbnail_and_picture_turned": {piexif.ImageIFD.Orientation: 3}}.items():
    block = piexif.dump({
        "0th": {piexif.ImageIFD.Make: b"cam", **own},
        "1st": {piexif.ImageIFD.Orientation: 6, piexif.ImageIFD.Compression: 6},
        "thumbnail": thumbnail,
    })
    files[f"jpeg_{name}.jpg"] = saved(PICTURE, "JPEG", exif=block)
files["jpeg_bytes_after.jpg"] = files["jpeg_420.jpg"] + b"x" * 100
files["jpeg_mpo.jpg"] = saved(PICTURE, "MPO", save_all=True, append_images=[PICTURE.rotate(180)])

# --- PNG

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, colour, samples, before=b"", interlaced=False):
    """samples [row, column, channel]; of fewer than 8 bits packed, of 16 bits big-endian."""

    def rows(part):
        if part.size == 0:
            return b""
        out = b""
        for number, row in enumerate(part):
            if depth == 16:
                data = row.astype(">u2").tobytes()
            elif depth == 8:
                data = row.astype(np.uint8).tobytes()
            else:
                bits = "".join(format(int(value), f"0{depth}b") for value in row.ravel())
                data = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
            out += filtered(number, data)
        return out

    def filtered(number, data):
        # "Sub" and "None" by turns: each needs the row alone.
        step = max(1, depth * samples.shape[2] // 8)
        if number % 2 == 0:
            return b"\0" + data
        left = bytes(step) + data
        return b"\1" + bytes((value - left[i]) % 256 for i, value in enumerate(data))

    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    data = (
        b"".join(rows(samples[top::down, left::right]) for top, left, down, right in passes)
        if interlaced
        else rows(samples)
    )
    head = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


PALETTE = noise(256 * 3, 11).tobytes()
SPREAD = np.asarray(GREY)[:, :, None]
SEE_THROUGH = bytes((i * 5) % 256 for i in range(256))
files["png_rgb.png"] = saved(PICTURE, "PNG")
files["png_rgba.png"] = saved(CLEAR, "PNG")
files["png_grey.png"] = saved(GREY, "PNG")
files["png_grey_alpha.png"] = saved(CLEAR.convert("LA"), "PNG")
files["png_palette.png"] = saved(PICTURE.quantize(200), "PNG")
files["png_1bit.png"] = saved(PICTURE.convert("1"), "PNG")
for depth in (1, 2, 4):
    files[f"png_grey_{depth}.png"] = png(depth, 0, SPREAD >> (8 - depth))
    files[f"png_palette_{depth}.png"] = png(depth, 3, SPREAD >> (8 - depth), chunk(b"PLTE", PALETTE[: 3 << depth]))
files["png_palette_clear.png"] = png(8, 3, SPREAD, chunk(b"PLTE", PALETTE) + chunk(b"tRNS", SEE_THROUGH))
files["png_palette_4_clear.png"] = png(4, 3, SPREAD >> 4, chunk(b"PLTE", PALETTE[:48]) + chunk(b"tRNS", SEE_THROUGH[40:50]))
files["png_rgb_key.png"] = png(8, 2, RGB, chunk(b"tRNS", struct.pack(">HHH", 220, 20, 20)))
files["png_grey_key.png"] = png(8, 0, SPREAD, chunk(b"tRNS", struct.pack(">H", int(SPREAD[0, 0, 0]))))
files["png_grey_2_key.png"] = png(2, 0, SPREAD >> 6, chunk(b"tRNS", struct.pack(">H", 1)))
files["png_rgb_16.png"] = png(16, 2, WIDE[:, :, :3])
files["png_rgba_16.png"] = png(16, 6, WIDE)
files["png_grey_16.png"] = png(16, 0, WIDE[:, :, :1])
files["png_grey_alpha_16.png"] = png(16, 4, WIDE[:, :, :2])
files["png_rgb_16_key.png"] = png(16, 2, WIDE[:, :, :3], chunk(b"tRNS", struct.pack(">HHH", *WIDE[3, 4, :3])))
files["png_grey_16_key.png"] = png(16, 0, WIDE[:, :, :1], chunk(b"tRNS", struct.pack(">H", WIDE[3, 4, 0])))
for name, (depth, colour, samples) in {
    "rgb": (8, 2, RGB), "rgba": (8, 6, RGBA), "grey": (8, 0, SPREAD), "grey_1": (1, 0, SPREAD >> 7),
    "grey_4": (4, 0, SPREAD >> 4), "rgb_16": (16, 2, WIDE[:, :, :3]), "grey_16": (16, 0, WIDE[:, :, :1]),
}.items():
    files[f"png_interlaced_{name}.png"] = png(depth, colour, samples, interlaced=True)
files["png_interlaced_tiny.png"] = png(8, 2, RGB[8:10, 12:15], interlaced=True)
files["png_profile.png"] = saved(PICTURE, "PNG", icc_profile=profile())
files["png_rgba_profile.png"] = saved(CLEAR, "PNG", icc_profile=profile())
files["png_gamma.png"] = png(8, 2, RGB, chunk(b"gAMA", struct.pack(">I", 100000)))
files["png_wide_colours.png"] = png(8, 2, RGB, chunk(b"cICP", bytes([9, 16, 0, 1])))
files["png_few_bits.png"] = png(8, 2, RGB, chunk(b"sBIT", bytes([5, 6, 5])))
files["png_background.png"] = png(8, 6, RGBA, chunk(b"bKGD", struct.pack(">HHH", 10, 200, 10)))
files["png_bytes_after.png"] = files["png_rgb.png"] + b"x" * 1000
files["png_no_end.png"] = files["png_rgb.png"][:-12]
files["png_no_end_16.png"] = files["png_rgb_16.png"][:-12]
files["png_animated.png"] = saved(PICTURE, "PNG", save_all=True, append_images=[PICTURE.rotate(180)])
files["png_animated_default.png"] = saved(
    PICTURE, "PNG", save_all=True, default_image=True, append_images=[PICTURE.rotate(180), GREY.convert("RGB")]
)
files["png_turned.png"] = png(8, 2, RGB, chunk(b"eXIf", exif(6)))
files["png_turned_at_end.png"] = saved(PICTURE, "PNG")[:-12] + chunk(b"eXIf", exif(5, "<")) + chunk(b"IEND", b"")
files["png_turned_xmp.png"] = png(8, 2, RGB, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP))
files["png_turned_16.png"] = png(16, 2, WIDE[:, :, :3], chunk(b"eXIf", exif(7)))

# --- GIF

files["gif_plain.gif"] = saved(PICTURE.quantize(255), "GIF")
files["gif_interlaced.gif"] = saved(PICTURE.quantize(100), "GIF", interlace=1)
files["gif_clear.gif"] = saved(CLEAR, "GIF")
files["gif_grey.gif"] = saved(GREY, "GIF")
files["gif_2_colours.gif"] = saved(PICTURE.convert("1"), "GIF")
files["gif_animated.gif"] = saved(
    PICTURE.quantize(64), "GIF", save_all=True, append_images=[PICTURE.rotate(180).quantize(64)], disposal=2
)
INDEXES = PICTURE.quantize(4)
SMALL_GIF = saved(INDEXES, "GIF")
# The picture starts at column 2, row 3 of a screen larger than it.
descriptor = SMALL_GIF.index(b",\0\0\0\0")
files["gif_offset.gif"] = (
    SMALL_GIF[:6] + struct.pack("<HH", WIDTH + 5, HEIGHT + 4) + SMALL_GIF[10 : descriptor + 1]
    + struct.pack("<HH", 2, 3) + SMALL_GIF[descriptor + 5 :]
)
files["gif_bytes_after.gif"] = files["gif_plain.gif"] + b"x" * 100

# --- BMP

def bmp(bits, data, width=WIDTH, height=HEIGHT, compression=0, palette=b"", masks=b"", size=40):
    header = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0)
    header += masks
    offset = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + palette + data


def bmp_rows(rows, up=True):
    return b"".join(row + bytes(-len(row) % 4) for row in (rows[::-1] if up else rows))


FOURS = b"".join(PALETTE[3 * i : 3 * i + 3] + b"\0" for i in range(256))
files["bmp_rgb.bmp"] = saved(PICTURE, "BMP")
files["bmp_grey.bmp"] = saved(GREY, "BMP")
files["bmp_1bit.bmp"] = saved(PICTURE.convert("1"), "BMP")
files["bmp_palette.bmp"] = saved(PICTURE.quantize(200), "BMP")
files["bmp_rgba.bmp"] = saved(CLEAR, "BMP")
files["bmp_down.bmp"] = bmp(24, bmp_rows([row[:, ::-1].tobytes() for row in RGB], up=False), height=-HEIGHT)
files["bmp_32.bmp"] = bmp(32, bmp_rows([np.dstack([row[None, :, ::-1], ALPHA[:1]]).tobytes() for row in RGB]))
packed = [(r >> 3 << 10 | g >> 3 << 5 | b >> 3).astype("<u2").tobytes() for r, g, b in RGB.astype(int).transpose(0, 2, 1)]
files["bmp_555.bmp"] = bmp(16, bmp_rows(packed))
packed = [(r >> 3 << 11 | g >> 2 << 5 | b >> 3).astype("<u2").tobytes() for r, g, b in RGB.astype(int).transpose(0, 2, 1)]
files["bmp_565.bmp"] = bmp(16, bmp_rows(packed), compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
nibbles = [bytes((int(a) << 4) | int(b) for a, b in zip(row[::2], np.append(row[1::2], 0))) for row in SPREAD[:, :, 0] >> 4]
files["bmp_palette_4.bmp"] = bmp(4, bmp_rows(nibbles), palette=FOURS[:64])
runs = b"".join(b"".join(bytes([1, value]) for value in row) + b"\0\0" for row in SPREAD[::-1, :, 0]) + b"\0\1"
files["bmp_rle.bmp"] = bmp(8, runs, compression=1, palette=FOURS)
# The fifth kind of header, with a profile behind the pixels.
pixels = bmp_rows([row[:, ::-1].tobytes() for row in RGB])
fifth = bytes(16) + b"DEBM" + bytes(48) + struct.pack("<IIII", 4, 124 + len(pixels), len(profile()), 0)
files["bmp_profile.bmp"] = bmp(24, pixels, masks=fifth, size=124) + profile()
core = b"BM" + struct.pack("<IHHI", 0, 0, 0, 26) + struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 24)
files["bmp_core.bmp"] = core + bmp_rows([row[:, ::-1].tobytes() for row in RGB])

# --- TIFF

def tiff(array, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, metadata=None, software=False, **options)
    return buffer.getvalue()


for name, options in {
    "rgb": {}, "lzw": dict(compression="tiff_lzw"), "deflate": dict(compression="tiff_adobe_deflate"),
    "packbits": dict(compression="packbits"), "lzw_predictor": dict(compression="tiff_lzw", tiffinfo={317: 2}),
    "deflate_predictor": dict(compression="tiff_adobe_deflate", tiffinfo={317: 2}), "jpeg": dict(compression="jpeg"),
    "strips": dict(compression="tiff_lzw", tiffinfo={278: 5}), "profile": dict(icc_profile=profile()),
}.items():
    files[f"tiff_{name}.tif"] = saved(PICTURE, "TIFF", **options)
for mode in ("L", "1", "LA", "RGBA", "I;16"):
    image = CLEAR.convert(mode) if mode in ("LA", "RGBA") else PICTURE.convert(mode) if mode != "I;16" else Image.fromarray(WIDE[:, :, 0].copy())
    files[f"tiff_{mode.replace(';', '_').lower()}.tif"] = saved(image, "TIFF", compression="tiff_lzw")
files["tiff_palette.tif"] = saved(PICTURE.quantize(200), "TIFF", compression="tiff_lzw")
files["tiff_cmyk.tif"] = saved(CMYK, "TIFF")
files["tiff_cmyk_lzw.tif"] = saved(CMYK, "TIFF", compression="tiff_lzw")
files["tiff_lab.tif"] = saved(Image.frombytes("LAB", (WIDTH, HEIGHT), RGB.tobytes()), "TIFF")
files["tiff_fax.tif"] = saved(PICTURE.convert("1"), "TIFF", compression="group4")
files["tiff_float.tif"] = saved(GREY.convert("F"), "TIFF")
files["tiff_big_endian.tif"] = tiff(RGB, photometric="rgb", byteorder=">")
files["tiff_planar.tif"] = tiff(RGB.transpose(2, 0, 1).copy(), photometric="rgb", planarconfig="separate")
files["tiff_planar_strips.tif"] = tiff(RGB.transpose(2, 0, 1).copy(), photometric="rgb", planarconfig="separate", rowsperstrip=4)
files["tiff_tiled.tif"] = tiff(RGB, photometric="rgb", tile=(16, 16))
files["tiff_tiled_planar.tif"] = tiff(RGB.transpose(2, 0, 1).copy(), photometric="rgb", planarconfig="separate", tile=(16, 16))
files["tiff_rgb_16.tif"] = tiff(WIDE[:, :, :3].copy(), photometric="rgb")
files["tiff_rgb_16_big_endian.tif"] = tiff(WIDE[:, :, :3].copy(), photometric="rgb", byteorder=">")
files["tiff_grey_16_big_endian.tif"] = tiff(WIDE[:, :, 0].copy(), photometric="minisblack", byteorder=">")
files["tiff_white_is_zero.tif"] = tiff(SPREAD[:, :, 0], photometric="miniswhite")
files["tiff_bigtiff.tif"] = tiff(RGB, photometric="rgb", bigtiff=True)
files["tiff_turned.tif"] = saved(PICTURE, "TIFF", tiffinfo={274: 6})
files["tiff_pages.tif"] = saved(PICTURE, "TIFF", save_all=True, append_images=[GREY])
files["tiff_associated_alpha.tif"] = tiff(RGBA, photometric="rgb", extrasamples=["assocalpha"])

# --- WebP and AVIF

for name, options in {
    "lossy": {}, "lossy_30": dict(quality=30), "lossless": dict(lossless=True), "profile": dict(icc_profile=profile()),
    "turned": dict(exif=b"Exif\0\0" + exif(6)), "turned_little": dict(exif=exif(8, "<")), "turned_xmp": dict(xmp=XMP),
}.items():
    files[f"webp_{name}.webp"] = saved(PICTURE, "WEBP", **options)
files["webp_clear.webp"] = saved(CLEAR, "WEBP")
files["webp_clear_lossless.webp"] = saved(CLEAR, "WEBP", lossless=True)
files["webp_clear_profile.webp"] = saved(CLEAR, "WEBP", lossless=True, icc_profile=profile())
files["webp_animated.webp"] = saved(PICTURE, "WEBP", save_all=True, append_images=[PICTURE.rotate(180)], lossless=True)
for name, options in {
    "420": {}, "444": dict(subsampling="4:4:4"), "422": dict(subsampling="4:2:2"), "400": dict(subsampling="4:0:0"),
    "lossless": dict(subsampling="4:4:4", quality=100), "profile": dict(icc_profile=profile()),
    "narrow": dict(range="limited"), **{f"turned_{i}": dict(exif=exif(i)) for i in range(2, 9)},
}.items():
    files[f"avif_{name}.avif"] = saved(PICTURE, "AVIF", **options)
files["avif_clear.avif"] = saved(CLEAR, "AVIF")
files["avif_clear_444.avif"] = saved(CLEAR, "AVIF", subsampling="4:4:4", quality=100)
ten = RGB.astype(np.uint16) * 1023 // 255
files["avif_10_bits.avif"] = imagecodecs.avif_encode(ten, bitspersample=10, pixelformat="420", level=60)
files["avif_10_bits_444.avif"] = imagecodecs.avif_encode(ten, bitspersample=10, pixelformat="444", level=95)
files["avif_p3.avif"] = imagecodecs.avif_encode(RGB, primaries=12, transfer=13, matrix=6, pixelformat="420")
# Its EXIF says that it is turned, its box that it isn't: the box counts.
turned = bytearray(files["avif_turned_6.avif"])
turned[turned.index(b"irot") + 4] = 0
files["avif_exif_alone.avif"] = bytes(turned)
files["avif_animated.avif"] = saved(PICTURE, "AVIF", save_all=True, append_images=[PICTURE.rotate(180)])


def on_white(image):
    return Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)


def seen(name, data):
    """What a reader of photographs makes of it."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I"):
        # Pillow clips 16 bits of grey: nearly all becomes white.
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    if name in KEYS:
        # Pillow compares the key of 16 bits with pixels of 8, that of 2 bits with pixels spread to 8.
        clear = image.convert("RGBA")
        clear.putalpha(Image.fromarray(np.where(KEYS[name], 0, 255).astype(np.uint8)))
        image = on_white(clear)
    elif "A" in image.mode or "transparency" in image.info:
        image = on_white(image.convert("RGBA"))
    return np.ascontiguousarray(image.convert("RGB"))


# Which pixels are transparent, by the PNG standard.
KEYS = {
    "png_rgb_16_key.png": (WIDE[:, :, :3] == WIDE[3, 4, :3]).all(axis=2),
    "png_grey_16_key.png": WIDE[:, :, 0] == WIDE[3, 4, 0],
    "png_grey_2_key.png": SPREAD[:, :, 0] >> 6 == 1,
}

expected, alike, first = {}, {}, {}
(OUT / "kinds").mkdir(parents=True, exist_ok=True)
for name, data in sorted(files.items()):
    (OUT / "kinds" / name).write_bytes(data)
    pixels = seen(name, data)
    key = (pixels.shape, pixels.tobytes())
    if key in first:
        alike[name] = first[key]
    else:
        first[key] = name
        expected[name] = pixels
save_file(expected, OUT / "expected.safetensors")
(OUT / "expected.json").write_text(json.dumps({"alike": alike}, indent=1) + "\n")
print(len(files), "files,", sum(len(data) for data in files.values()), "bytes")
