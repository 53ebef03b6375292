"""Executes notebooks with the kernel they are written for; stops at the first error, and then leaves the file as it was."""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from tell_numbers import tell_numbers
from tidy import tidy

# A notebook waits for its kernel half of the time: one core each is enough.
AT_ONCE = min(2, os.cpu_count() or 1)
# What a kernel prints for an error outside any cell's own run; the cell itself ends well.
UNCAUGHT = re.compile(r"(\x1b\[[0-9;]*m)*(Uncaught|Unhandled)")


class NotebookFailed(Exception):
    """A cell that did not do what it should; the message names it and says what it said."""


def execute(path, kernel, note, prepare):
    """Executes one notebook, prepared, in its own folder and returns it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    prepare(notebook)
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


def repeat(notebook):
    """Appends every code cell once more, from the last to the first: all can be run again, and not only downwards."""
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells += [again(cell) for cell in reversed(codes)]


def alter(notebook, variant):
    """
    Does what a reader may do: `change` replaces texts; `then` goes on after the last cell, with cells by their id and with
    code.
    """
    for old, new in variant.get("change", {}).items():
        cell = cell_with(notebook, old)
        cell.source = cell.source.replace(old, new)
    cells = {cell.id: cell for cell in notebook.cells}
    steps = variant.get("then", [])
    notebook.cells += [again(cells[step]) if step in cells else nbformat.v4.new_code_cell(step) for step in steps]


def refuse(notebook, refusals):
    """Appends cells that a change makes fail: each is to say what was wrong, as its metadata tells."""
    for refusal in refusals:
        for old, new in refusal["change"].items():
            cell = again(cell_with(notebook, old))
            cell.source = cell.source.replace(old, new)
            cell.metadata |= {"tags": ["raises-exception"], "says": refusal["says"]}
            notebook.cells.append(cell)


def cell_with(notebook, text):
    """The code cell that has the text; a change needs one that is there once."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not cell.metadata.get("again")]
    found = [cell for cell in cells for _ in range(cell.source.count(text))]
    if len(found) != 1:
        raise NotebookFailed(f"{text!r} is {len(found)} times in its cells: a change needs a text that is there once")
    return found[0]


def again(cell):
    """The same cell, as one more."""
    return nbformat.v4.new_code_cell(cell.source, metadata={**cell.metadata, "again": True})


def listen(client, uncaught):
    """
    Heeds what arrives when the cell that began it is over, which nbclient itself passes over: errors are noted, displays and
    widgets brought up to date.
    """
    nowhere = nbformat.v4.new_code_cell()
    channel = client.kc.iopub_channel
    receive = channel.get_msg

    async def noting(*args, **kwargs):
        message = await receive(*args, **kwargs)
        text = message["content"].get("text", "") if message["msg_type"] == "stream" else ""
        if UNCAUGHT.match(text):
            uncaught.append(text)
        if message["msg_type"] in ("comm_msg", "update_display_data"):
            client.process_message(message, nowhere, -1)
        return message

    channel.get_msg = noting


def describe(notebook, index):
    cell = notebook.cells[index]
    number = sum(1 for each in notebook.cells[: index + 1] if each.cell_type == "code" and each.source.strip())
    place = "a cell run once more" if cell.metadata.get("again") else f"code cell {number}"
    return f"{place} failed\n{indent(cell.source, '  | ')}\n{indent(said(cell) or 'it said nothing', '  ')}"


def said(cell):
    """What a cell that failed printed of its error."""
    errors = ["\n".join(output.traceback) for output in cell.get("outputs", []) if output.output_type == "error"]
    return text_of(cell, "stderr").strip() or "\n".join(errors)


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


def check(path, kernel, note, variant, refusals):
    """Executes a copy quickly: with a variant, or else as it is, each cell once more, and with what it is to refuse."""

    def prepare(notebook):
        quicken(notebook)
        if variant:
            alter(notebook, variant)
        else:
            repeat(notebook)
            refuse(notebook, refusals)

    notebook = execute(path, kernel, note, prepare)
    for index, cell in enumerate(notebook.cells):
        if "says" in cell.metadata and cell.metadata["says"] not in said(cell):
            raise NotebookFailed(f"{describe(notebook, index)}\n  but is to say {cell.metadata['says']!r}")


def title(path, variant):
    name = f"zh/{path.name}" if path.resolve().parent.name == "zh" else path.name
    if not variant:
        return name
    changed = [*variant.get("change", {}).values(), *variant.get("then", [])]
    return f"{name} with {' '.join(changed)}"


def checked(path, kernel, variant, refusals):
    """A check in a process of its own: the seconds it took, and what went wrong or None."""
    started = time.monotonic()
    try:
        check(path, kernel, lambda number, count: None, variant, refusals)
    except NotebookFailed as error:
        return time.monotonic() - started, str(error)
    return time.monotonic() - started, None


def check_all(runs, kernel, changes):
    """Checks two notebooks at a time; the first failure ends it. Whether all is well."""
    with ProcessPoolExecutor(max_workers=AT_ONCE) as pool:
        waiting = {}
        for path, variant in runs:
            refusals = changes.get(path.name, {}).get("refuses", [])
            waiting[pool.submit(checked, path.resolve(), kernel, variant, refusals)] = title(path, variant)
        for future in as_completed(waiting):
            seconds, error = future.result()
            if error:
                pool.shutdown(wait=False, cancel_futures=True)
                print(f"✗ {waiting[future]}: {error}", flush=True)
                return False
            print(f"✓ {waiting[future]}: executed, not written ({seconds:.1f} s)", flush=True)
    return True


def execute_and_save(path, kernel, root):
    """Executes one notebook and writes its outputs; on a terminal it says how far it is. Whether all is well."""
    started = time.monotonic()
    live = sys.stdout.isatty()
    clear = "\r\033[2K" if live else ""

    def note(number, count):
        if live and number:
            print(f"\r\033[2K  {name}: cell {number} of {count}", end="", flush=True)

    name = title(path, None)
    if not live:
        print(f"  {name} …", flush=True)
    try:
        notebook = execute(path.resolve(), kernel, note, lambda notebook: None)
    except NotebookFailed as error:
        print(f"{clear}✗ {name}: {error}")
        return False
    save(tell_numbers(tidy(notebook, kernel, root)), path.resolve())
    print(f"{clear}✓ {name}: executed ({time.monotonic() - started:.1f} s)")
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", type=json.loads, required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--check", action="store_true", help="execute quickly, and write nothing")
    parser.add_argument("--changes", type=Path, help="with --check: the changes to try in each notebook")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    changes = json.loads(options.changes.read_text("utf-8")) if options.changes else {}
    begun = time.monotonic()
    # The same cells in another language needn't be changed once more.
    changed = [path for path in options.files if path.resolve().parent.name == "notebooks"]
    variants = {path: changes.get(path.name, {}).get("works", []) for path in changed}
    runs = [(path, variant) for path in options.files for variant in (None, *variants.get(path, []))]
    if options.check:
        ok = check_all(runs, options.kernel, changes)
    else:
        ok = all(execute_and_save(path, options.kernel, options.root) for path in options.files)
    if not ok:
        return 1
    more = len(runs) - len(options.files)
    print(f"{len(options.files)} notebooks executed{f', and with {more} changes' if more else ''} ({time.monotonic() - begun:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
