"""Runs a folder of transformers' in TransformerLens and writes every hook's value: FOLDER IMAGES OUT, all safetensors."""

import sys

from safetensors.torch import load_file, save_file
from transformer_lens.model_bridge import TransformerBridge

folder, images, out = sys.argv[1:]
model = TransformerBridge.boot_transformers(folder, device="cpu")
model.eval()
_, cache = model.run_with_cache(load_file(images)["pixel_values"])
save_file({name: value.detach().clone().contiguous() for name, value in cache.items()}, out)
