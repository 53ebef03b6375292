"""Executes notebooks with the kernel they are written for; stops at the first error, and then leaves the file as it was."""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from tidy import tidy

# What a kernel prints for an error outside any cell's own run; the cell itself ends well.
UNCAUGHT = re.compile(r"(\x1b\[[0-9;]*m)*(Uncaught|Unhandled)")


class NotebookFailed(Exception):
    """A cell that did not do what it should; the message names it and says what it said."""


def execute(path, kernel, note, check):
    """Executes one notebook in its own folder and returns it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    if check:
        quicken(notebook)
    codes = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    failed = []
    uncaught = []
    client = NotebookClient(
        notebook,
        kernel_name=kernel["name"],
        timeout=None,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_notebook_start=lambda notebook: listen(client, uncaught),
        on_cell_error=lambda cell, cell_index, execute_reply: failed.append(cell_index),
        on_cell_start=lambda cell, cell_index: note(codes.index(cell_index) + 1 if cell_index in codes else 0, len(codes)),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookFailed(describe(notebook, failed[-1])) from error
    except DeadKernelError as error:
        raise NotebookFailed(f"the kernel died: {error}") from error
    if uncaught:
        raise NotebookFailed(f"an error that no cell waited for\n{indent(uncaught[0].strip(), '  ')}")
    return notebook


def quicken(notebook):
    """Puts after each cell tagged `parameters` what its metadata `check` says, as papermill injects parameters."""
    for index in reversed(range(len(notebook.cells))):
        cell = notebook.cells[index]
        if "parameters" in cell.metadata.get("tags", []):
            notebook.cells.insert(index + 1, nbformat.v4.new_code_cell(cell.metadata["check"]))


def listen(client, uncaught):
    """Notes errors that arrive when their cell is over: nbclient itself passes over such messages."""
    channel = client.kc.iopub_channel
    receive = channel.get_msg

    async def noting(*args, **kwargs):
        message = await receive(*args, **kwargs)
        text = message["content"].get("text", "") if message["msg_type"] == "stream" else ""
        if UNCAUGHT.match(text):
            uncaught.append(text)
        return message

    channel.get_msg = noting


def describe(notebook, index):
    cell = notebook.cells[index]
    number = sum(1 for each in notebook.cells[: index + 1] if each.cell_type == "code" and each.source.strip())
    errors = ["\n".join(output.traceback) for output in cell.get("outputs", []) if output.output_type == "error"]
    said = text_of(cell, "stderr").strip() or "\n".join(errors) or "it said nothing"
    return f"code cell {number} failed\n{indent(cell.source, '  | ')}\n{indent(said, '  ')}"


def text_of(cell, stream):
    return "".join(output.text for output in cell.get("outputs", []) if output.output_type == "stream" and output.name == stream)


def indent(text, prefix):
    return "\n".join(prefix + line for line in text.splitlines())


def save(notebook, path):
    """Writes the file whole or not at all, one space of indentation a level, keys in order, a newline at the end."""
    text = nbformat.writes(notebook, indent=1, ensure_ascii=False)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else text + "\n")
        os.chmod(temporary, path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", type=json.loads, required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--check", action="store_true", help="execute quickly, and write nothing")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    live = sys.stdout.isatty()
    begun = time.monotonic()
    for path in options.files:
        started = time.monotonic()

        def note(number, count, name=path.name):
            if live and number:
                print(f"\r\033[2K  {name}: cell {number} of {count}", end="", flush=True)

        if not live:
            print(f"  {path.name} …", flush=True)
        try:
            notebook = execute(path.resolve(), options.kernel, note, options.check)
        except NotebookFailed as error:
            print(f"{chr(13) + chr(27) + '[2K' if live else ''}✗ {path.name}: {error}")
            return 1
        if not options.check:
            save(tidy(notebook, options.kernel, options.root), path.resolve())
        clear = "\r\033[2K" if live else ""
        print(f"{clear}✓ {path.name}: executed{', not written' if options.check else ''} ({time.monotonic() - started:.1f} s)")
    print(f"{len(options.files)} notebooks executed ({time.monotonic() - begun:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
