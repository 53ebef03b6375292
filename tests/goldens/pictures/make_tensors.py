"""What transformers makes of some of these pictures, from file to tensor: tensors.json, SHA-256 of pixel_values.

    python make_tensors.py MODEL PICTURES

MODEL is a folder with a preprocessor_config.json (data/models/vit-cifar10), PICTURES this one. Float32 numbers
[row, column, channel], little-endian. Made with transformers 5.23.0 (backend "pil"), Pillow 13.0.0, torch 2.15.0.
"""

import hashlib
import json
import sys
from pathlib import Path

from transformers import AutoImageProcessor
from transformers.image_utils import load_image

processor = AutoImageProcessor.from_pretrained(sys.argv[1], backend="pil")
hashes = {}
for file in sorted(Path(sys.argv[2], "kinds").iterdir()):
    # Kinds that are equal to the byte, and opaque: transformers drops transparency, and clips 16 bits of grey.
    if file.stem.startswith(("jpeg", "webp_loss", "webp_turned", "avif_4", "avif_turned")) or file.name in (
        "png_turned.png", "png_rgb_16.png", "tiff_lzw_predictor.tif", "tiff_cmyk.tif", "gif_plain.gif", "bmp_palette.bmp",
    ):
        values = processor(images=load_image(str(file)), return_tensors="np")["pixel_values"][0]
        hashes[file.name] = hashlib.sha256(values.transpose(1, 2, 0).astype("<f4").tobytes()).hexdigest()
Path(sys.argv[2], "tensors.json").write_text(json.dumps(hashes, indent=1) + "\n")
