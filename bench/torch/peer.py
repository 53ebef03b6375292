"""PyTorch as a competitor: python peer.py eager|compile|autocast. Answers the orders that come in on stdin, a JSON object a line."""

import json
import os
import struct
import sys
import time
import warnings
from collections.abc import Callable

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")

import torch  # noqa: E402
from answer import answer_orders  # noqa: E402
from torch import nn  # noqa: E402
from vit import ViT  # noqa: E402

COMPILED = sys.argv[1] == "compile"
ROUNDED = sys.argv[1] == "autocast"


def in_precision():
    """Products in bfloat16 where that is asked for, as torch.autocast chooses them."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=ROUNDED)


class Peer:
    def open(self, order: dict) -> dict:
        self.threads = int(os.environ["OMP_NUM_THREADS"])
        torch.set_num_threads(self.threads)
        torch.manual_seed(4)
        self.config, self.mode, self.rate = order["config"], order["mode"], order["learningRate"]
        self.weights = read_safetensors(order["exchange"])
        # As bytes, channels first: what a data set in PyTorch holds.
        self.bytes = self.weights.pop("input.images").permute(0, 3, 1, 2).to(torch.uint8).contiguous()
        self.labels = self.weights.pop("input.labels").long()
        self.model = self.load(self.config)
        self.run = torch.compile(self.model) if COMPILED else self.model
        self.images = as_floats(self.bytes)
        if self.mode == "infer":
            self.model.eval()
        return {"threads": self.threads, "versions": {"torch": torch.__version__}}

    def peak(self, order: dict) -> dict:
        side = 1024
        a, b = torch.randn(side, side), torch.randn(side, side)
        best = 0.0
        for i in range(order["times"] + 1):
            seconds = timed(lambda: torch.mm(a, b))[1] / 1000
            if i > 0:
                best = max(best, 2 * side**3 / seconds)
        return {"flopsPerSecond": best}

    def check(self, order: dict) -> dict:
        if self.mode == "infer":
            return {"logits": self.logits().flatten().tolist()}
        if order["draws"] == 0:
            # The model that is measured, compiled where it is.
            self.model.train()
            return {"losses": self.train(self.model, self.run, 3)[0], "noise": None}
        plain = self.load({**self.config, "dropout": 0, "attentionDropout": 0, "embeddingDropout": 0}).train()
        return {"losses": self.train(plain, plain, 3)[0], "noise": self.noise(order["draws"])}

    def steps(self, order: dict) -> dict:
        warm, steps = order["warm"], order["warm"] + order["count"]
        if self.mode == "infer":
            return {"milliseconds": [timed(self.logits)[1] for _ in range(steps)][warm:]}
        self.model.load(self.weights)
        self.model.train()
        losses, milliseconds = self.train(self.model, self.run, steps)
        return {"losses": losses, "milliseconds": milliseconds[warm:]}

    def load(self, config: dict) -> ViT:
        model = ViT(config)
        model.load(self.weights)
        return model

    @torch.inference_mode()
    def logits(self) -> torch.Tensor:
        with in_precision():
            return self.run(self.images).float()

    def train(self, model: ViT, run: nn.Module, steps: int) -> tuple[list[float], list[float]]:
        """Steps as a user writes them: a batch out of bytes, the loss and its gradients, Adam, the loss read."""
        optimizer = torch.optim.Adam(model.parameters(), lr=self.rate)
        criterion = nn.CrossEntropyLoss()

        def step() -> float:
            optimizer.zero_grad()
            with in_precision():
                loss = criterion(run(as_floats(self.bytes)), self.labels)
            loss.backward()
            optimizer.step()
            return loss.item()

        pairs = [timed(step) for _ in range(steps)]
        return [loss for loss, _ in pairs], [milliseconds for _, milliseconds in pairs]

    @torch.no_grad()
    def noise(self, draws: int) -> float:
        self.model.train()
        with in_precision():
            drawn = torch.stack([self.model(self.images).float() for _ in range(draws)])
        return drawn.var(0, unbiased=False).mean().sqrt().item()


def as_floats(images: torch.Tensor) -> torch.Tensor:
    return images.float().div_(127.5).sub_(1)


def timed(work: Callable) -> tuple:
    start = time.perf_counter()
    value = work()
    return value, 1000 * (time.perf_counter() - start)


def read_safetensors(path: str) -> dict[str, torch.Tensor]:
    """Float32 tensors by name: an 8-byte length, a JSON header, the numbers."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = bytearray(file.read())
    numbers = torch.frombuffer(body, dtype=torch.float32)
    spans = {name: [offset // 4 for offset in entry["data_offsets"]] for name, entry in header.items()}
    return {name: numbers[start:end].reshape(header[name]["shape"]).clone() for name, (start, end) in spans.items()}


answer_orders(Peer())
