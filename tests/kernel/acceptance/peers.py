"""What this kernel and others do: one Markdown table, a row a check, a column a kernel.

    npm run test:kernel -- --peers

Kernels that are not installed are left out. Deno: `deno jupyter --install`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager

here = Path(__file__).parent
PEERS = ["vitlab", "deno", "tslab", "python3"]
SUITES = {"runtimed/kernel-testbed": "test_testbed.py", "jupyter_kernel_test": "test_jupyter_kernel_test.py"}
MARKS = {"passed": "yes", "failed": "no", "skipped": "–"}


def checks_of(kernel, suite):
    """Runs a suite against a kernel; a check's name and its outcome, the worst one where there are several."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "checks.jsonl"
        subprocess.run(
            [sys.executable, "-m", "pytest", str(here / suite), "-q", "--kernel", kernel],
            env={**os.environ, "ACCEPTANCE_REPORT": str(report)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        outcomes = {}
        for line in report.read_text(encoding="utf-8").splitlines() if report.exists() else []:
            check = json.loads(line)
            if outcomes.get(check["check"]) != "failed":
                outcomes[check["check"]] = check["outcome"]
        return outcomes


def table(results):
    """The results, `{kernel: {check: outcome}}`, as Markdown."""
    kernels = list(results)
    names = list(dict.fromkeys(name for outcomes in results.values() for name in outcomes))
    rows = [["", *kernels], ["---"] * (len(kernels) + 1)]
    rows += [[name, *(MARKS[results[kernel].get(name, "failed")] for kernel in kernels)] for name in names]
    asked = [name for name in names if any(results[kernel].get(name) != "skipped" for kernel in kernels)]
    rows.append(
        ["", *(f"**{sum(results[k].get(name) == 'passed' for name in asked)} of {len(asked)}**" for k in kernels)]
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kernels", nargs="*", default=PEERS)
    installed = set(KernelSpecManager().find_kernel_specs())
    kernels = [kernel for kernel in parser.parse_args().kernels if kernel in installed]
    for title, suite in SUITES.items():
        results = {}
        for kernel in kernels:
            print(f"  {title}: {kernel} …", file=sys.stderr, flush=True)
            results[kernel] = checks_of(kernel, suite)
        print(f"### {title}\n\n{table(results)}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
