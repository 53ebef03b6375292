"""Latencies of Jupyter kernels, measured in turns in one run; prints one line of JSON for each kernel and figure.

Called by bench/kernel.mjs.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

root = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(root / "tests" / "kernel" / "acceptance"))

from kernel_client import Kernel  # noqa: E402

TYPESCRIPT = {
    "complete": "const q = [1, 2, 3]; q.",
    "inspect": ("console.log", 9),
    "cell": "const v{i}: number = {i}; v{i} * 2",
}
PYTHON = {"complete": "import sys; sys.", "inspect": ("print", 3), "cell": "v{i} = {i}; v{i} * 2"}


def words(kernel):
    return PYTHON if kernel == "python3" else TYPESCRIPT


def milliseconds(act):
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def start(name, folder):
    """Milliseconds from the launch of the process to kernel_info_reply and to the reply of `1 + 1`, and the kernel."""
    began = time.perf_counter()
    kernel = Kernel(name, cwd=folder, ready=False)
    info = kernel.send("kernel_info_request", {})
    first = kernel.execute("1 + 1")
    kernel.collect(info, 60, idle=False)
    to_info = 1000 * (time.perf_counter() - began)
    kernel.collect(first, 60, idle=False)
    to_result = 1000 * (time.perf_counter() - began)
    return kernel, to_info, to_result


def warm(kernel, name, rounds):
    say = words(name)
    code, cursor = say["inspect"]
    acts = {
        "1 + 1": lambda i: kernel.collect(kernel.execute("1 + 1"), 60, idle=False),
        "a declaration and its value": lambda i: kernel.collect(
            kernel.execute(say["cell"].format(i=i)), 60, idle=False
        ),
        "completion": lambda i: kernel.complete(say["complete"]),
        "inspection": lambda i: kernel.inspect(code, cursor),
    }
    for title, act in acts.items():
        act(0)
        yield title, [milliseconds(lambda i=i, act=act: act(i)) for i in range(1, rounds + 1)]


def growth(name, folder, cells):
    """Milliseconds of each of `cells` cells of a notebook that imports vitlab."""
    with Kernel(name, cwd=folder) as kernel:
        result = kernel.run('import { presets, tf, ViT } from "vitlab";', 120)
        if result.status != "ok":
            return []
        kernel.pump(0.3)
        return [
            milliseconds(
                lambda i=i: kernel.collect(kernel.execute(f"const t{i} = tf.scalar({i}); t{i}.shape"), 60, idle=False)
            )
            for i in range(1, cells + 1)
        ]


def say(kernel, figure, values):
    line = {
        "kernel": kernel,
        "figure": figure,
        "median": round(statistics.median(values), 1),
        "min": round(min(values), 1),
        "max": round(max(values), 1),
        "n": len(values),
    }
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernels", default="vitlab,tslab,deno,python3")
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    installed = KernelSpecManager().find_kernel_specs()
    kernels = [name for name in options.kernels.split(",") if name in installed]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "package.json").write_text('{ "private": true }\n')
        (folder / "node_modules").symlink_to(root / "node_modules", target_is_directory=True)
        figures = {name: {} for name in kernels}

        def add(name, figure, values):
            figures[name].setdefault(figure, []).extend(values)

        # In turns: what else happens on the machine meets all of them alike. The first round warms the disk's cache.
        for round in range(options.starts + 1):
            for name in kernels:
                kernel, to_info, to_result = start(name, folder)
                try:
                    if round > 0:
                        add(name, "start to kernel_info_reply", [to_info])
                        add(name, "start to the first result", [to_result])
                    if round in (1, options.starts):
                        # A kernel goes on loading after its first answer.
                        kernel.pump(1.5)
                        for figure, values in warm(kernel, name, options.rounds):
                            add(name, figure, values)
                finally:
                    kernel.close()
        for name in ("vitlab", "tslab"):
            if name in kernels and (times := growth(name, folder, 65)):
                # Five cells around each, so that one hiccup is not the result.
                add(name, "cell 10 of a notebook importing vitlab", times[7:12])
                add(name, "cell 60 of a notebook importing vitlab", times[57:62])
    for name, found in figures.items():
        for figure, values in found.items():
            say(name, figure, values)


if __name__ == "__main__":
    main()
