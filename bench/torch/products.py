"""PyTorch's products of matrices, by themselves; answers the orders that come in on stdin, a JSON object a line."""

import os
import time
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")

import torch  # noqa: E402
from answer import answer_orders  # noqa: E402


class Products:
    def open(self, order: dict) -> dict:
        threads = int(os.environ["OMP_NUM_THREADS"])
        torch.set_num_threads(threads)
        rows, inputs, outputs = order["rows"], order["inputs"], order["outputs"]
        x, weight, dy = torch.randn(rows, inputs), torch.randn(inputs, outputs), torch.randn(rows, outputs)
        # As a linear layer of PyTorch's lays them.
        laid = weight.T.contiguous()
        self.products = {
            "forward": lambda: torch.mm(x, laid.T),
            "weight": lambda: torch.mm(dy.T, x),
            "input": lambda: torch.mm(dy, laid),
        }
        return {"threads": threads}

    @torch.inference_mode()
    def time(self, order: dict) -> dict:
        product, seconds = self.products[order["product"]], []
        for _ in range(order["count"]):
            start = time.perf_counter()
            product()
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds}


answer_orders(Products())
