"""Runs a model of transformers' in TransformerLens and writes each hook's value, and the logits with it halved.

FOLDER IMAGES OUT; IMAGES and OUT are safetensors.
"""

import sys

from safetensors.torch import load_file, save_file
from transformer_lens.model_bridge import TransformerBridge

folder, images, out = sys.argv[1:]
model = TransformerBridge.boot_transformers(folder, device="cpu")
model.eval()
pixels = load_file(images)["pixel_values"]
_, cache = model.run_with_cache(pixels)
values = {name: value.detach().clone().contiguous() for name, value in cache.items()}
halved = {}
for name in values:
    edited = model.run_with_hooks(pixels, fwd_hooks=[(name, lambda value, hook: value / 2)])
    halved[f"halved/{name}"] = edited.detach().clone().contiguous()
save_file({**values, **halved}, out)
