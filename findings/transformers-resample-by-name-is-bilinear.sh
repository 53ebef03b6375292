#!/usr/bin/env bash
# Expected: "resample": "bicubic" in preprocessor_config.json resizes as "resample": 3, or is refused.
# Seen: it resizes as "resample": 2, bilinear, without a warning, while the loaded processor still says bicubic.
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

picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8))
json.dump({"model_type": "vit"}, open("config.json", "w"))


def resized(resample):
    settings = {"image_processor_type": "ViTImageProcessor", "size": {"height": 8, "width": 8}, "resample": resample}
    json.dump({**settings, "do_rescale": False, "do_normalize": False}, open("preprocessor_config.json", "w"))
    processor = transformers.AutoImageProcessor.from_pretrained(".", backend="pil")
    values = processor(picture, return_tensors="np")["pixel_values"][0]
    print(f"transformers {transformers.__version__}: resample {resample!r}, says {processor.resample!r}: {values.ravel()[:6].tolist()}")
    return values


name, bicubic, bilinear = resized("bicubic"), resized(3), resized(2)
sys.exit(0 if (name == bilinear).all() and (name != bicubic).any() else 1)
PROGRAM
