"""What PyTorch makes of masked attention, cross-attention, decoder blocks, positions within attention, and a convolution stem:
writes golden.json and golden.safetensors beside itself.

All is computed in float64 from float32 numbers, and stored as float32; masks are stored as zeros and ones.
"""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
BATCH, TOKENS, DIM, HEADS = 3, 5, 16, 4
MEMORY_TOKENS, MEMORY_DIM, HIDDEN = 7, 12, 24
# Of attention with heads of 8, and of a grid of patches.
WIDE, ROWS, COLUMNS = 32, 2, 3
# Differences of float32 are of the size of the largest numbers that were summed, so one tolerance holds for a whole tensor.
TOLERANCE = 1e-5
Tensors = dict[str, torch.Tensor]


class SelfAttention(nn.MultiheadAttention):
    """With a mask [batch or 1, tokens or 1, tokens] that is true where a token may be seen."""

    def __init__(self) -> None:
        super().__init__(DIM, HEADS, batch_first=True)

    def forward(self, input: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        hidden = ~mask.expand(len(input), TOKENS, TOKENS).repeat_interleave(HEADS, 0)
        return super().forward(input, input, input, attn_mask=hidden, need_weights=False)[0]


class CrossAttention(nn.MultiheadAttention):
    """With a mask [batch or 1, tokens or 1, memory tokens] that is true where a token may be seen."""

    def __init__(self, memory_dim: int) -> None:
        super().__init__(DIM, HEADS, batch_first=True, kdim=memory_dim, vdim=memory_dim)

    def forward(self, input: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        hidden = ~mask.expand(len(input), TOKENS, MEMORY_TOKENS).repeat_interleave(HEADS, 0)
        return super().forward(input, memory, memory, attn_mask=hidden, need_weights=False)[0]


class OpenAttention(nn.Module):
    """Self-attention in lines that can be added to."""

    def __init__(
        self,
        kv_heads: int = HEADS,
        rotate: Callable[[torch.Tensor], torch.Tensor] | None = None,
        bias: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.rotate = rotate or (lambda x: x)
        self.widths = [WIDE, kv_heads * WIDE // HEADS, kv_heads * WIDE // HEADS]
        self.qkv = nn.Linear(WIDE, sum(self.widths))
        self.projection = nn.Linear(WIDE, WIDE)
        self.positionBias = bias

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        parts = self.qkv(input).split(self.widths, -1)
        q, k, v = (part.unflatten(-1, (-1, WIDE // HEADS)).transpose(1, 2) for part in parts)
        q, k = self.rotate(q), self.rotate(k)
        context = nn.functional.scaled_dot_product_attention(
            q, k, v, attn_mask=self.positionBias() if self.positionBias else None, enable_gqa=True
        )
        return self.projection(context.transpose(1, 2).flatten(2))


def inverse_frequencies(dim: int, base: float) -> torch.Tensor:
    """Of transformers' LlamaRotaryEmbedding and VisionRotaryEmbedding alike."""
    return 1.0 / (base ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim))


def rotate_half(x: torch.Tensor) -> torch.Tensor:
    """Of transformers' modeling_llama.py."""
    x1 = x[..., : x.shape[-1] // 2]
    x2 = x[..., x.shape[-1] // 2 :]
    return torch.cat((-x2, x1), dim=-1)


def rotated(x: torch.Tensor, freqs: torch.Tensor) -> torch.Tensor:
    """apply_rotary_pos_emb of transformers' modeling_llama.py."""
    emb = torch.cat((freqs, freqs), dim=-1)
    return x * emb.cos().to(x.dtype) + rotate_half(x) * emb.sin().to(x.dtype)


def rotate_1d(x: torch.Tensor) -> torch.Tensor:
    """As LLaMA does, base 10000."""
    return rotated(x, torch.outer(torch.arange(x.shape[2], dtype=torch.float64), inverse_frequencies(x.shape[3], 10000)))


def rotate_2d(x: torch.Tensor) -> torch.Tensor:
    """rot_pos_emb of transformers' modeling_qwen2_vl.py with base 100; one token in front stays."""
    hpos_ids = torch.arange(ROWS).unsqueeze(1).expand(-1, COLUMNS).flatten()
    wpos_ids = torch.arange(COLUMNS).unsqueeze(0).expand(ROWS, -1).flatten()
    seq = torch.arange(max(ROWS, COLUMNS), dtype=torch.float64)
    rotary_pos_emb_full = torch.outer(seq, inverse_frequencies(x.shape[3] // 2, 100))
    freqs = rotary_pos_emb_full[torch.stack([hpos_ids, wpos_ids], dim=-1)].flatten(1)
    return torch.cat([x[:, :, :1], rotated(x[:, :, 1:], freqs)], 2)


class RelativePositionBias(nn.Module):
    """The lines of Swin's WindowAttention and of timm's gen_relative_position_index, for BEiT."""

    def __init__(self, class_token: bool) -> None:
        super().__init__()
        num_relative_distance = (2 * ROWS - 1) * (2 * COLUMNS - 1) + 3 * class_token
        self.table = nn.Parameter(torch.zeros(num_relative_distance, HEADS))
        coords = torch.stack(torch.meshgrid(torch.arange(ROWS), torch.arange(COLUMNS), indexing="ij"))
        coords_flatten = torch.flatten(coords, 1)
        relative_coords = coords_flatten[:, :, None] - coords_flatten[:, None, :]
        relative_coords = relative_coords.permute(1, 2, 0)
        relative_coords[:, :, 0] += ROWS - 1
        relative_coords[:, :, 1] += COLUMNS - 1
        relative_coords[:, :, 0] *= 2 * COLUMNS - 1
        window_area = ROWS * COLUMNS
        relative_position_index = torch.zeros(size=(window_area + class_token,) * 2, dtype=relative_coords.dtype)
        relative_position_index[class_token:, class_token:] = relative_coords.sum(-1)
        if class_token:
            relative_position_index[0, 0:] = num_relative_distance - 3
            relative_position_index[0:, 0] = num_relative_distance - 2
            relative_position_index[0, 0] = num_relative_distance - 1
        self.index = relative_position_index

    def forward(self) -> torch.Tensor:
        bias = self.table[self.index.view(-1)].view(*self.index.shape, -1)
        return bias.permute(2, 0, 1).contiguous().unsqueeze(0)


class ConvStem(nn.Module):
    """Convolutions, each with a norm over the channels and ReLU, and one of 1x1; images [batch, height, width, channel]."""

    def __init__(self, widths: list[int]) -> None:
        super().__init__()
        sizes = list(zip([3, *widths], widths))
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False) for a, b in sizes)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for width in widths)
        self.projection = nn.Conv2d(widths[-1], DIM, 1)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x = input.permute(0, 3, 1, 2)
        for convolution, norm in zip(self.convolutions, self.norms):
            x = nn.functional.relu(norm(convolution(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        return self.projection(x).flatten(2).transpose(1, 2)


class DecoderBlock(nn.TransformerDecoderLayer):
    """Causal; the mask [batch, 1, memory tokens] is true for tokens that are no padding."""

    def __init__(self, **options: object) -> None:
        super().__init__(DIM, HEADS, HIDDEN, dropout=0, batch_first=True, **options)

    def forward(self, input: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        later = torch.ones(TOKENS, TOKENS, dtype=torch.bool).triu(1)
        return super().forward(input, memory, tgt_mask=later, memory_key_padding_mask=~mask[:, 0])


def drawn(*shape: int) -> torch.Tensor:
    return 1.5 * torch.randn(*shape)


def masks() -> Tensors:
    """Masks by name; of "tokens" the second query sees nothing, of "padding" the last example has no tokens."""
    tokens = torch.rand(1, TOKENS, TOKENS) < 0.5
    tokens[0, :, 0] = True
    tokens[0, 1] = False
    padding = torch.arange(TOKENS) < torch.tensor([TOKENS, 2, 0])[:, None, None]
    causal = torch.ones(1, TOKENS, TOKENS, dtype=torch.bool).tril()
    return {"tokens": tokens, "padding": padding, "both": tokens & padding, "causal": causal, "causal_padding": causal & padding}


def cases() -> Iterator[tuple[str, nn.Module, Tensors]]:
    """The name of a case, the module, its inputs. New cases go last, so that those before them keep their numbers."""
    for name, mask in masks().items():
        yield f"mask_{name}", SelfAttention(), {"input": drawn(BATCH, TOKENS, DIM), "mask": mask}
    some = torch.rand(BATCH, TOKENS, MEMORY_TOKENS) < 0.5
    some[:, 1] = False
    padding = torch.arange(MEMORY_TOKENS) < torch.tensor([MEMORY_TOKENS, 2, 4])[:, None, None]
    for name, memory_dim, mask in [("cross", DIM, torch.ones_like(padding)), ("cross_memory_dim", MEMORY_DIM, some)]:
        memory = drawn(BATCH, MEMORY_TOKENS, memory_dim)
        yield name, CrossAttention(memory_dim), {"input": drawn(BATCH, TOKENS, DIM), "memory": memory, "mask": mask}
    for name, options in [("decoder_post", {}), ("decoder_pre", {"norm_first": True, "activation": "gelu"})]:
        memory = drawn(BATCH, MEMORY_TOKENS, DIM)
        yield name, DecoderBlock(**options), {"input": drawn(BATCH, TOKENS, DIM), "memory": memory, "mask": padding}
    for kv_heads in [1, 2]:
        yield f"kv_heads_{kv_heads}", OpenAttention(kv_heads), {"input": drawn(BATCH, TOKENS, WIDE)}
    yield "rotary_1d", OpenAttention(2, rotate_1d), {"input": drawn(BATCH, TOKENS, WIDE)}
    yield "rotary_2d", OpenAttention(rotate=rotate_2d), {"input": drawn(BATCH, 1 + ROWS * COLUMNS, WIDE)}
    for name, class_token in [("relative_bias", False), ("relative_bias_class_token", True)]:
        module = OpenAttention(bias=RelativePositionBias(class_token))
        yield name, module, {"input": drawn(BATCH, class_token + ROWS * COLUMNS, WIDE)}
    yield "conv_stem", ConvStem([6, 10]), {"input": drawn(2, 8, 12, 3)}


def named(module: nn.Module, what: Callable[[nn.Parameter], torch.Tensor]) -> Tensors:
    """
    Something of each parameter by its name; of cross-attention those of the query apart from those of key and value, of a
    convolution [output, row * column * input].
    """
    values = {name: what(parameter).detach() for name, parameter in module.named_parameters()}
    values = {name: value.permute(0, 2, 3, 1).flatten(1) if value.dim() == 4 else value for name, value in values.items()}
    for path, inside in module.named_modules():
        if not isinstance(inside, CrossAttention) and not path.endswith("multihead_attn"):
            continue
        prefix = f"{path}." if path else ""
        separate = [values.pop(f"{prefix}{part}_proj_weight", None) for part in "qkv"]
        q, k, v = separate if inside.in_proj_weight is None else values.pop(f"{prefix}in_proj_weight").chunk(3)
        bias = values.pop(f"{prefix}in_proj_bias")
        values |= {f"{prefix}query.weight": q, f"{prefix}query.bias": bias[:DIM]}
        values |= {f"{prefix}keyValue.weight": torch.cat([k, v]), f"{prefix}keyValue.bias": bias[DIM:]}
    return values


def run(module: nn.Module, inputs: Tensors, dy: torch.Tensor | None) -> Tensors:
    """The output and, for a gradient of it, those of all inputs and parameters."""
    inputs = {name: value.clone().requires_grad_(value.is_floating_point()) for name, value in inputs.items()}
    y = module(**inputs)
    values = {"output": y}
    if dy is not None:
        y.backward(dy)
        values |= {f"grad/{name}": value.grad for name, value in inputs.items() if value.requires_grad}
        values |= {f"grad/param/{name}": value for name, value in named(module, lambda parameter: parameter.grad).items()}
    return {key: value.detach() for key, value in values.items()}


def as_double(value: torch.Tensor) -> torch.Tensor:
    return value.double() if value.is_floating_point() else value


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(2201)
    tensors, entries = {}, {}

    def keep(key: str, value: torch.Tensor, **entry: object) -> None:
        tensors[key] = value.float().contiguous().clone()
        entries[key] = {"shape": list(value.shape)} | entry

    for name, module, inputs in cases():
        with torch.no_grad():
            # Zero biases would hide mistakes.
            for parameter in module.parameters():
                parameter.add_(0.3 * torch.randn_like(parameter))
        dy = torch.randn_like(run(module, inputs, None)["output"])
        given = inputs | {"grad_output": dy} | {f"param/{key}": value for key, value in named(module, lambda parameter: parameter).items()}
        for key, value in given.items():
            keep(f"{name}/{key}", value, kind="exact", atol=0, rtol=0)
        double = {key: as_double(value) for key, value in inputs.items()}
        exact = run(copy.deepcopy(module).double(), double, dy.double())
        for key, rounded in run(module, inputs, dy).items():
            value = exact[key]
            atol = TOLERANCE * value.abs().max().item()
            noise = (rounded - value).abs().max().item()
            # The gradient of a key's bias is zero but for rounding, so that all of in_proj_bias has the size of the rest.
            assert noise * 5 < atol, f"{name}/{key}: float32 alone differs by {noise}, which {atol} must leave room for"
            keep(f"{name}/{key}", value, kind="grad" if "grad" in key else "forward", atol=atol, rtol=0)
    save_file(tensors, HERE / "golden.safetensors")
    about = {
        "made_with": {"torch": torch.__version__},
        "config": {"batch": BATCH, "tokens": TOKENS, "dim": DIM, "heads": HEADS},
        "tensors": entries,
    }
    (HERE / "golden.json").write_text(json.dumps(about, indent=1) + "\n")


main()
