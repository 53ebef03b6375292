#!/usr/bin/env bash
# Expected: a 16-bit gray PNG (X-rays, microscopes) comes out of ViT's image processor as the same picture in 8 bits.
# Seen: of a ramp from black to white 99.6 % of the values become 1: all that is above 255 of 65,535 is white; no warning.
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
import PIL
import transformers
from PIL import Image

settings = {"image_processor_type": "ViTImageProcessor", "size": {"height": 32, "width": 32}, "do_convert_rgb": True}
json.dump(settings, open("preprocessor_config.json", "w"))
json.dump({"model_type": "vit"}, open("config.json", "w"))
processor = transformers.AutoImageProcessor.from_pretrained(".", backend="pil")
ramp = np.linspace(0, 65535, 32 * 32).reshape(32, 32)
share = {}
for bits, numbers in ((16, ramp.astype(np.uint16)), (8, (ramp / 257).astype(np.uint8))):
    Image.fromarray(numbers).save(f"{bits}.png")
    values = processor(Image.open(f"{bits}.png"), return_tensors="np")["pixel_values"]
    share[bits] = (values == 1).mean()
    print(f"transformers {transformers.__version__}, Pillow {PIL.__version__}: the ramp in {bits} bits: {share[bits]:.1%} white")
sys.exit(0 if share[16] > 0.99 and share[8] < 0.01 else 1)
PROGRAM
