"""Writes what transformers' slow image processors make of noise: python make_processor.py OUT.json

Needs transformers 4 (its slow processors), Pillow below 13 and NumPy.
"""
import hashlib
import json
import sys

import numpy as np
import PIL
import transformers
from make import noise
from PIL import Image
from transformers.models.deit.image_processing_deit import DeiTImageProcessor
from transformers.models.vit.image_processing_vit import ViTImageProcessor

IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
CASES = [
    ("vit", [40, 31, 3], {}),
    ("vit", [40, 31, 3], {"size": {"height": 24, "width": 20}, "resample": 3, **IMAGENET}),
    ("vit", [40, 31, 3], {"size": {"height": 24, "width": 20}, "resample": 0, "rescale_factor": 0.0078125}),
    ("vit", [40, 31, 3], {"do_resize": False, "do_normalize": False}),
    ("vit", [40, 31, 3], {"do_resize": False, "do_rescale": False, "image_mean": [120, 110, 100], "image_std": [60, 50, 40]}),
    ("vit", [40, 31, 1], {"size": {"height": 16, "width": 16}, "image_mean": [0.25], "image_std": [0.3]}),
    ("deit", [40, 31, 3], {"size": {"height": 30, "width": 27}, "crop_size": {"height": 24, "width": 20}, **IMAGENET}),
    ("deit", [40, 31, 3], {"size": {"height": 15, "width": 27}, "crop_size": {"height": 24, "width": 20}}),
]


def main(out):
    cases = []
    for number, (kind, shape, config) in enumerate(CASES):
        processor = {"vit": ViTImageProcessor, "deit": DeiTImageProcessor}[kind](**config)
        pixels = noise(int(np.prod(shape)), number + 1).reshape(shape)
        image = Image.fromarray(pixels) if shape[2] == 3 else pixels
        kwargs = {} if shape[2] == 3 else {"input_data_format": "channels_last"}
        values = processor(images=image, return_tensors="np", **kwargs)["pixel_values"].transpose(0, 2, 3, 1)
        assert values.dtype == np.float32 or not config.get("do_rescale", True), values.dtype
        cases.append({"seed": number + 1, "from": shape, "config": json.loads(processor.to_json_string()),
                      "shape": list(values.shape), "sample": values.reshape(-1)[:3].tolist(),
                      "sha256": hashlib.sha256(np.ascontiguousarray(values.astype(np.float32)).tobytes()).hexdigest()})
    with open(out, "w") as f:
        rows = ",\n".join(" " + json.dumps(case) for case in cases)
        f.write(f'{{"pillow": "{PIL.__version__}", "transformers": "{transformers.__version__}", "cases": [\n{rows}\n]}}\n')


main(sys.argv[1])
