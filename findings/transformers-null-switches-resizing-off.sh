#!/usr/bin/env bash
# Expected: "do_resize": null in preprocessor_config.json means the same as no such line, or is refused, as "size": null is.
# Seen: without the line ViT's processor resizes to 8x8; with null it hands on 16x16, though size says 8, without a warning.
# Versions: transformers 5.23.0 (PIL backend), Pillow 13.0.0, NumPy 2.4.6.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check transformers==5.23.0 pillow==13.0.0 numpy==2.4.6
env/bin/python - <<'PROGRAM' 2>/dev/null
import json
import sys
import numpy as np
import transformers
from PIL import Image

picture = Image.fromarray(np.zeros((16, 16, 3), dtype=np.uint8))
json.dump({"model_type": "vit"}, open("config.json", "w"))


def shape(settings):
    json.dump({"image_processor_type": "ViTImageProcessor", **settings}, open("preprocessor_config.json", "w"))
    processor = transformers.AutoImageProcessor.from_pretrained(".", backend="pil")
    found = processor(picture, return_tensors="np")["pixel_values"].shape
    print(f"transformers {transformers.__version__}: {settings}: {found}")
    return found[2:]


size = {"height": 8, "width": 8}
left_out, null = shape({"size": size}), shape({"size": size, "do_resize": None})
sys.exit(0 if left_out == (8, 8) and null == (16, 16) else 1)
PROGRAM
