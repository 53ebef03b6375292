"""Milliseconds of the first cell of fresh kernels that imports vitlab, in turns; prints one line of JSON a kernel and cell.

Called by bench/start.mjs, with the kernelspecs' folders.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

root = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(root / "tests" / "kernel" / "acceptance"))

from kernel_client import Kernel  # noqa: E402

CELLS = {
    "first cell: import * as vitlab": 'import * as vitlab from "vitlab";',
    "first cell: import, useEngine()": 'import { useEngine, ViT } from "vitlab";\nawait useEngine();',
}


def milliseconds(specs, folder, code):
    """From the request to the reply, in a kernel that has just said that it is ready."""
    manager = KernelSpecManager(kernel_dirs=[str(specs)])
    with Kernel("vitlab", cwd=folder, kernel_spec_manager=manager) as kernel:
        began = time.perf_counter()
        result = kernel.run(code, 120)
        took = 1000 * (time.perf_counter() - began)
    if result.status != "ok":
        raise SystemExit(f"the cell failed: {result}")
    return took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("specs", nargs="+", help="folders of kernelspecs")
    options = parser.parse_args()
    found = {(cell, specs): [] for cell in CELLS for specs in options.specs}
    with tempfile.TemporaryDirectory() as folder:
        # The first round warms the disk's cache.
        for round in range(options.rounds + 1):
            for cell, code in CELLS.items():
                for specs in options.specs:
                    took = milliseconds(specs, folder, code)
                    if round > 0:
                        found[cell, specs].append(took)
    for (cell, specs), times in found.items():
        print(json.dumps({"what": cell, "specs": specs, "times": times}), flush=True)


if __name__ == "__main__":
    main()
