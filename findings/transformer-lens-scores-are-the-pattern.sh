#!/usr/bin/env bash
# Expected: in TransformerLens `blocks.0.attn.hook_attn_scores` holds a ViT's attention scores, before the softmax, and what a
#   hook returns for them or for `hook_pattern` takes their place.
# Seen: both hold the same numbers, the softmax, without a word; what a hook returns is discarded, with a UserWarning.
# Versions: transformer-lens 4.3.0, torch 2.15.0, transformers 5.23.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir transformer-lens==4.3.0 torch==2.15.0 transformers==5.23.0
env/bin/python - <<'PROGRAM' 2>/dev/null
import sys
from importlib.metadata import version
import torch
from transformers import ViTConfig, ViTForImageClassification
from transformer_lens.model_bridge import TransformerBridge

torch.manual_seed(1)
sizes = dict(image_size=8, patch_size=4, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
ViTForImageClassification(ViTConfig(**sizes, initializer_range=0.5)).eval().save_pretrained("vit")
bridge = TransformerBridge.boot_transformers("vit")
images = torch.randn(1, 3, 8, 8)
names = ["blocks.0.attn.hook_attn_scores", "blocks.0.attn.hook_pattern"]
before, cache = bridge.run_with_cache(images)
scores, pattern = (cache[name] for name in names)
same = torch.equal(scores, pattern)
print(f"transformer-lens {version('transformer-lens')}: rows of the scores add up to {scores.sum(-1).unique().tolist()}")
moves = []
for name in names:
    after = bridge.run_with_hooks(images, fwd_hooks=[(name, lambda value, hook: torch.zeros_like(value))])
    moves.append((getattr(after, "logits", after) - getattr(before, "logits", before)).abs().max().item())
    print(f"{name}: zeros in its place move the logits by {moves[-1]}")
sys.exit(0 if same and moves == [0, 0] else 1)
PROGRAM
