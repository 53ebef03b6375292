"""A Vision Transformer as one writes it in PyTorch, out of `torch.nn.TransformerEncoder`."""

import torch
from torch import nn


class ViT(nn.Module):
    """Takes images `[batch, channels, height, width]`; `config` is a complete ViTConfig of vitlab."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        supported = config["positions"] == "learned" and config["patchOrder"] == "chw"
        if not supported or not config["qkvBias"] or config["activation"] == "gelu_tanh" or config["attentionOverBatch"]:
            raise ValueError("the PyTorch model has learned positions, patches in the order chw, biases, and ReLU or GELU only")
        dim, patch = config["dim"], config["patchSize"]
        size = config["imageSize"]
        height, width = size if isinstance(size, list) else (size, size)
        tokens = (height // patch) * (width // patch) + config["classToken"]
        self.patch = patch
        self.pool = config["pool"]
        self.patch_embedding = nn.Linear(config["channels"] * patch * patch, dim)
        self.class_token = nn.Parameter(torch.zeros(1, 1, dim)) if config["classToken"] else None
        self.positions = nn.Parameter(torch.zeros(1, tokens, dim))
        self.dropout = nn.Dropout(config["embeddingDropout"])
        layer = nn.TransformerEncoderLayer(
            dim,
            config["heads"],
            config["mlpDim"],
            dropout=config["dropout"],
            activation=config["activation"],
            layer_norm_eps=config["layerNormEps"],
            batch_first=True,
            norm_first=config["norm"] == "pre",
        )
        layer.self_attn.dropout = config["attentionDropout"]
        norm = nn.LayerNorm(dim, eps=config["layerNormEps"]) if config["finalNorm"] else None
        # Nested tensors are for padding, of which images have none.
        self.encoder = nn.TransformerEncoder(layer, config["depth"], norm=norm, enable_nested_tensor=False)
        self.head = nn.Linear(dim, config["classes"])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        batch, channels = images.shape[:2]
        patches = images.unfold(2, self.patch, self.patch).unfold(3, self.patch, self.patch)
        patches = patches.permute(0, 2, 3, 1, 4, 5).reshape(batch, -1, channels * self.patch**2)
        tokens = self.patch_embedding(patches)
        if self.class_token is not None:
            tokens = torch.cat([self.class_token.expand(batch, -1, -1), tokens], 1)
        tokens = self.encoder(self.dropout(tokens + self.positions))
        if self.pool == "cls":
            return self.head(tokens[:, 0])
        return self.head(tokens[:, int(self.class_token is not None) :].mean(1))

    def load(self, weights: dict[str, torch.Tensor]) -> None:
        """Takes over weights under vitlab's names, which stores a linear map `[inputs, outputs]`."""
        state = {}
        for name, value in weights.items():
            linear = value.dim() == 2 and name.endswith(".weight")
            state[torch_name(name)] = value.T if linear else value
        state = {name: value.reshape(self.get_parameter(name).shape) for name, value in state.items()}
        self.load_state_dict(state)


def torch_name(name: str) -> str:
    """`blocks.0.attention.qkv.weight` is `encoder.layers.0.self_attn.in_proj_weight`, and so on."""
    for ours, theirs in RENAMED:
        name = name.replace(ours, theirs)
    return f"encoder.{name}" if name.startswith("norm.") else name


RENAMED = [
    ("embeddings.patchEmbedding", "patch_embedding"),
    ("embeddings.classToken", "class_token"),
    ("embeddings.positionEmbedding", "positions"),
    ("blocks.", "encoder.layers."),
    ("attention.qkv.", "self_attn.in_proj_"),
    ("attention.projection", "self_attn.out_proj"),
    ("mlp.fc1", "linear1"),
    ("mlp.fc2", "linear2"),
]
