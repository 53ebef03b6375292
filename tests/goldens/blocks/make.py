"""What PyTorch makes of RMSNorm, SwiGLU and LayerScale: writes golden.json and golden.safetensors beside itself.

RMSNorm is torch.nn.RMSNorm; SwiGLU and LayerScale are the lines that timm's layers of these names run. All is computed in
float64 from float32 numbers, and stored as float32.
"""

import copy
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
BATCH, TOKENS, DIM, HIDDEN = 2, 5, 16, 24
# Differences of float32 are of the size of the largest numbers that were summed, so one tolerance holds for a whole tensor.
TOLERANCE = 1e-5


class SwiGLU(nn.Module):
    def __init__(self, bias: bool) -> None:
        super().__init__()
        self.fc1_g = nn.Linear(DIM, HIDDEN, bias=bias)
        self.fc1_x = nn.Linear(DIM, HIDDEN, bias=bias)
        self.act = nn.SiLU()
        self.fc2 = nn.Linear(HIDDEN, DIM, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.hidden = self.act(self.fc1_g(x)) * self.fc1_x(x)
        return self.fc2(self.hidden)


class LayerScale(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(1e-5 * torch.ones(DIM))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.gamma


torch.manual_seed(2101)
# The name of a case, the block, how far its parameters move off their initial values, and the size of its input.
CASES = [
    ("rms_norm_eps1e-6", nn.RMSNorm(DIM, eps=1e-6), 0.5, 1),
    ("rms_norm_eps_none", nn.RMSNorm(DIM), 0.5, 1),
    # Squares as small as epsilon, which decides then.
    ("rms_norm_small_eps1e-6", nn.RMSNorm(DIM, eps=1e-6), 0.5, 1e-3),
    ("rms_norm_small_eps_none", nn.RMSNorm(DIM), 0.5, 3e-4),
    ("swiglu", SwiGLU(bias=True), 0.3, 1.5),
    ("swiglu_no_bias", SwiGLU(bias=False), 0.3, 1.5),
    ("layer_scale_initial", LayerScale(), 0, 1),
    ("layer_scale", LayerScale(), 0.5, 1),
]


def run(block: nn.Module, x: torch.Tensor, dy: torch.Tensor) -> dict[str, torch.Tensor]:
    x = x.clone().requires_grad_()
    y = block(x)
    y.backward(dy)
    values = {"output": y, "grad/input": x.grad}
    values |= {f"grad/param/{name}": parameter.grad for name, parameter in block.named_parameters()}
    if hasattr(block, "hidden"):
        values["hidden"] = block.hidden
    return {key: value.detach() for key, value in values.items()}


def in_float64(block: nn.Module) -> nn.Module:
    exact = copy.deepcopy(block).double()
    # Left out, epsilon would be that of float64.
    if isinstance(exact, nn.RMSNorm) and exact.eps is None:
        exact.eps = torch.finfo(torch.float32).eps
    return exact


def main() -> None:
    torch.set_num_threads(1)
    tensors, entries = {}, {}

    def keep(key: str, value: torch.Tensor, **entry: object) -> None:
        tensors[key] = value.contiguous().clone()
        entries[key] = {"shape": list(value.shape)} | entry

    for name, block, shake, size in CASES:
        with torch.no_grad():
            for parameter in block.parameters():
                parameter.add_(shake * torch.randn_like(parameter))
        x = size * torch.randn(BATCH, TOKENS, DIM)
        dy = torch.randn(BATCH, TOKENS, DIM)
        exact = run(in_float64(block), x.double(), dy.double())
        given = {"input": x, "grad_output": dy} | {f"param/{key}": value.detach() for key, value in block.named_parameters()}
        for key, value in given.items():
            keep(f"{name}/{key}", value, kind="exact", atol=0, rtol=0)
        for key, rounded in run(block, x, dy).items():
            value = exact[key]
            atol = TOLERANCE * value.abs().max().item()
            noise = (rounded - value).abs().max().item()
            assert noise * 10 < atol, f"{name}/{key}: float32 alone differs by {noise}, which {atol} must leave room for"
            keep(f"{name}/{key}", value.float(), kind="grad" if "grad" in key else "forward", atol=atol, rtol=0)
    save_file(tensors, HERE / "golden.safetensors")
    about = {
        "made_with": {"torch": torch.__version__},
        "config": {"dim": DIM, "hidden": HIDDEN, "epsilonWhereNone": torch.finfo(torch.float32).eps},
        "tensors": entries,
    }
    (HERE / "golden.json").write_text(json.dumps(about, indent=1) + "\n")


main()
