#!/usr/bin/env bash
# Expected: torch.optim.Muon steps float32 weights in float32.
# Seen: the orthogonal step is made in bfloat16 whatever the weights are: every number of it has 8 bits of precision, so two
#   implementations of the same formula agree to 1 % only, and resuming elsewhere can't agree to more.
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
weight = torch.nn.Parameter(torch.zeros(64, 64))
optimizer = torch.optim.Muon([weight], lr=1.0, weight_decay=0, momentum=0, nesterov=False)
weight.grad = torch.randn(64, 64)
optimizer.step()
step = -weight.detach()
coarse = torch.equal(step, step.bfloat16().float())
values = torch.linalg.svdvals(step)
print(f"torch {torch.__version__}: weights {weight.dtype}; every number of the step fits into bfloat16: {coarse}")
print(f"singular values of the step from {values.min():.3f} to {values.max():.3f}")
sys.exit(0 if coarse else 1)
PROGRAM
