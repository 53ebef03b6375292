"""What torch.optim.Muon and torch.optim.AdamW make of given gradients: writes golden.json and golden.safetensors beside itself.

PyTorch orthogonalises in bfloat16, which has 8 bits; to be compared with float32, it does so in float32 here.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
UPDATES, RATE, DECAY, MOMENTUM = 6, 0.02, 0.1, 0.9
# Rows and columns as they stand in vitlab's flat vector; query, key and value lie side by side in one matrix.
SHAPES = {
    "embeddings.positionEmbedding": (5, 6),
    "blocks.0.norm1.weight": (6,),
    "blocks.0.attention.qkv.weight": (6, 18),
    "blocks.0.attention.qkv.bias": (18,),
    "blocks.0.attention.projection.weight": (6, 6),
    "blocks.0.mlp.fc1.weight": (6, 10),
    "blocks.0.mlp.fc2.weight": (10, 6),
    "head.weight": (6, 3),
}
BY_MUON = [name for name in SHAPES if name.startswith("blocks") and name.endswith(".weight") and "norm" not in name]


def in_float32() -> None:
    to = torch.Tensor.to
    torch.Tensor.to = lambda self, *given, dtype=None, **more: to(
        self, *given, dtype=torch.float32 if dtype == torch.bfloat16 else dtype, **more
    )


def pieces(name: str, value: torch.Tensor) -> list[torch.Tensor]:
    return [part.contiguous() for part in value.split(6, dim=1)] if "qkv.weight" in name else [value]


def main() -> None:
    in_float32()
    generator = torch.Generator().manual_seed(7)
    start = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = [{name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()} for _ in range(UPDATES)]
    # A matrix whose gradient is 0 has no direction: it only decays.
    gradients[0]["blocks.0.mlp.fc1.weight"].zero_()
    held = {name: [torch.nn.Parameter(part.clone()) for part in pieces(name, value)] for name, value in start.items()}
    of = lambda chosen: [part for name in SHAPES if (name in BY_MUON) == chosen for part in held[name]]
    settings = {"lr": RATE, "weight_decay": DECAY}
    optimizers = [
        torch.optim.Muon(of(True), momentum=MOMENTUM, adjust_lr_fn="match_rms_adamw", **settings),
        torch.optim.AdamW(of(False), **settings),
    ]
    path = []
    for step in gradients:
        for name, value in step.items():
            for parameter, part in zip(held[name], pieces(name, value), strict=True):
                parameter.grad = part
        for optimizer in optimizers:
            optimizer.step()
        path.append(torch.cat([torch.cat(held[name], -1).detach().flatten() for name in SHAPES]))
    flat = lambda values: torch.cat([values[name].flatten() for name in SHAPES])
    tensors = {"start": flat(start), "gradients": torch.stack([flat(step) for step in gradients]), "path": torch.stack(path)}
    kinds = {"start": "exact", "gradients": "exact", "path": "forward"}
    save_file(tensors, HERE / "golden.safetensors")
    about = {
        "made_with": {"torch": torch.__version__},
        "config": {"learningRate": RATE, "weightDecay": DECAY, "momentum": MOMENTUM, "shapes": SHAPES},
        "tensors": {
            name: {"shape": list(value.shape), "kind": kinds[name], "atol": 1e-5, "rtol": 1e-5}
            for name, value in tensors.items()
        },
    }
    (HERE / "golden.json").write_text(json.dumps(about, indent=1) + "\n")


main()
