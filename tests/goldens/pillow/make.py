"""Writes what Pillow's resize makes of noise, for every filter: python make.py OUT.json (needs Pillow and NumPy).

The picture of a case is the bytes of a linear congruential generator, so that only hashes need to be stored.
"""
import hashlib
import json
import sys

import numpy as np
import PIL
from PIL import Image

FILTERS = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]
# height, width, channels -> new height, new width
SIZES = [
    (7, 5, 3, 3, 2),
    (5, 7, 3, 16, 19),
    (33, 47, 3, 32, 32),
    (61, 13, 3, 8, 29),  # shrinks in one direction, grows in the other
    (13, 61, 1, 29, 8),
    (90, 20, 3, 17, 17),  # Pillow 13 resizes its rows first
    (40, 31, 3, 40, 12),  # one pass only
    (40, 31, 1, 11, 31),
    (1, 1, 3, 4, 3),
    (64, 64, 3, 1, 1),
    (120, 161, 3, 224, 224),
]


def noise(count, seed):
    state, out = seed, np.empty(count, np.uint8)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        # Mostly black and white: what overshoots is cut off.
        value = state >> 24
        out[i] = value if state & 2**16 else 255 * (value > 127)
    return out


def main(out):
    cases = []
    for number, (h, w, c, new_h, new_w) in enumerate(SIZES):
        pixels = noise(h * w * c, number + 1).reshape(h, w, c)
        image = Image.fromarray(pixels if c == 3 else pixels[..., 0])
        for name in FILTERS:
            resized = np.asarray(image.resize((new_w, new_h), resample=FILTERS.index(name)))
            cases.append({"seed": number + 1, "from": [h, w, c], "to": [new_h, new_w], "filter": name,
                          "sha256": hashlib.sha256(np.ascontiguousarray(resized).tobytes()).hexdigest()})
    with open(out, "w") as f:
        rows = ",\n".join(" " + json.dumps(case) for case in cases)
        f.write(f'{{"pillow": "{PIL.__version__}", "cases": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main(sys.argv[1])
