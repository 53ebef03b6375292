#!/usr/bin/env bash
# Expected: one boolean mask means the same to the two attentions of torch.nn.
# Seen: scaled_dot_product_attention looks where the mask is True, MultiheadAttention where it is False; both take the same
#   mask without a word, and a causal mask handed to the other one lets every token see only what comes after it.
# Versions: torch 2.15.0 (several GB to install).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir torch==2.15.0 numpy==2.4.6
env/bin/python - <<'PROGRAM'
import sys
import torch

torch.manual_seed(0)
tokens = torch.randn(1, 3, 4)
# Two tokens that see each other, and a third that sees itself.
mask = torch.tensor([[True, True, False], [True, True, False], [False, False, True]])
identity = torch.eye(3)[None]
functional = torch.nn.functional.scaled_dot_product_attention(tokens, tokens, identity, attn_mask=mask)[0]
layer = torch.nn.MultiheadAttention(4, 1, batch_first=True)(tokens, tokens, tokens, attn_mask=mask)[1][0]
seen = (functional > 0, layer > 0)
print(f"torch {torch.__version__}: the mask", mask.int().tolist())
print("scaled_dot_product_attention looks at", seen[0].int().tolist())
print("MultiheadAttention looks at          ", seen[1].int().tolist())
sys.exit(0 if torch.equal(seen[0], mask) and torch.equal(seen[1], ~mask) else 1)
PROGRAM
