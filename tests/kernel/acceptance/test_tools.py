"""The programs people execute notebooks with: each runs a good one, and each fails on a bad one and shows the error."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from folders import root
from kernel_client import plain

GOOD = [
    ("const base: number = 20;", None),
    ("const double = (x: number) => 2 * x;\nconsole.log(`twice is ${double(base)}`);", "twice is 40\n"),
    ("double(base) + 2", "42"),
]
BAD = [
    ("const fine = 1;", None),
    ("function fail(): never {\n  throw new RangeError('too far');\n}\nfail();", None),
    ("fine + 1", None),
]


@pytest.fixture
def execute(folder):
    """Runs one of the environment's programs in the notebooks' folder: `execute("jupyter", "execute", ...)`."""
    programs = Path(sys.executable).parent

    def run(program, *arguments):
        path = os.pathsep.join([str(programs), os.environ["PATH"]])
        return subprocess.run(
            [str(programs / program), *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "PATH": path, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=150,
        )

    return run


@pytest.fixture
def notebook(folder, kernel_name):
    """Writes a notebook of these cells into the folder."""

    def write(cells, name="notebook.ipynb", tags=None):
        document = nbformat.v4.new_notebook()
        document.cells = [nbformat.v4.new_code_cell(source) for source, _ in cells]
        if tags:
            document.cells[0].metadata["tags"] = tags
        document.metadata["kernelspec"] = {"name": kernel_name, "display_name": kernel_name, "language": "typescript"}
        path = folder / name
        nbformat.write(document, path)
        return path

    return write


def check_good(path, cells=GOOD):
    document = nbformat.read(path, as_version=4)
    nbformat.validate(document)
    code = [cell for cell in document.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell, (source, wanted) in zip(code, cells, strict=True):
        assert said(cell) == (wanted or ""), source
    assert code[-1].outputs[0].output_type == "execute_result"
    assert code[-1].outputs[0].execution_count == len(code)


def said(cell):
    return "".join(o.text if o.output_type == "stream" else o.data.get("text/plain", "") for o in cell.outputs)


def check_failed(run):
    told = plain(run.stdout + run.stderr)
    assert run.returncode != 0, told
    assert "RangeError" in told and "too far" in told, told


def test_nbclient(notebook, folder):
    """nbclient executes a good notebook and raises on a bad one, which keeps the error as an output."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    def client(path):
        document = nbformat.read(path, as_version=4)
        return document, NotebookClient(document, timeout=60, resources={"metadata": {"path": str(folder)}})

    document, good = client(notebook(GOOD))
    good.execute()
    nbformat.write(document, folder / "executed.ipynb")
    check_good(folder / "executed.ipynb")

    document, bad = client(notebook(BAD))
    with pytest.raises(CellExecutionError, match="too far"):
        bad.execute()
    (error,) = document.cells[1].outputs
    assert (error.output_type, error.ename, error.evalue) == ("error", "RangeError", "too far")
    assert document.cells[2].execution_count is None, "the cell after the error ran"


def test_jupyter_execute(notebook, execute):
    """`jupyter execute` writes the outputs of a good notebook and fails on a bad one."""
    good = notebook(GOOD)
    run = execute("jupyter", "execute", "--inplace", good)
    assert run.returncode == 0, run.stderr
    check_good(good)
    check_failed(execute("jupyter", "execute", notebook(BAD)))


def test_nbconvert(notebook, execute, folder):
    """`jupyter nbconvert --execute` makes a notebook, a page and a .ts file of a good notebook, and fails on a bad one."""
    good = notebook(GOOD)
    run = execute("jupyter", "nbconvert", "--execute", "--to", "notebook", "--output", "executed", good)
    assert run.returncode == 0, run.stderr
    check_good(folder / "executed.ipynb")
    run = execute("jupyter", "nbconvert", "--to", "html", "executed.ipynb")
    assert run.returncode == 0, run.stderr
    assert "twice is 40" in (folder / "executed.html").read_text()
    run = execute("jupyter", "nbconvert", "--to", "script", "executed.ipynb")
    assert run.returncode == 0, run.stderr
    assert "const base: number = 20;" in (folder / "executed.ts").read_text()
    check_failed(execute("jupyter", "nbconvert", "--execute", "--to", "notebook", notebook(BAD)))


def test_nbmake(notebook, execute, folder):
    """`pytest --nbmake` passes a good notebook and fails a bad one."""
    options = ("-m", "pytest", "-p", "no:cacheprovider", "--nbmake", "-c", os.devnull, "--rootdir", folder)
    run = execute("python", *options, notebook(GOOD))
    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout
    check_failed(execute("python", *options, notebook(BAD)))


PARAMETERS = [
    ("const epochs: number = 1;\nconst name: string = 'nobody';", None),
    ("console.log(`${name}: ${epochs === 1 ? 'one' : epochs + 1}`);", None),
]


@pytest.mark.usefixtures("only_ours")
def test_papermill(notebook, execute, folder):
    """papermill puts its parameters after the tagged cell, in TypeScript, and fails on a bad notebook."""
    tagged = notebook(PARAMETERS, tags=["parameters"])
    quotes = """O'Hara "the \\ great" """
    run = execute("papermill", tagged, "out.ipynb", "-p", "epochs", "41", "-r", "name", quotes, "--no-progress-bar")
    assert run.returncode == 0, run.stderr
    document = nbformat.read(folder / "out.ipynb", as_version=4)
    assert document.cells[1].metadata.tags == ["injected-parameters"]
    assert "const epochs: number = 41;" in document.cells[1].source
    assert said(document.cells[2]) == f"{quotes}: 42\n"
    assert [cell.execution_count for cell in document.cells] == [1, 2, 3]
    check_failed(execute("papermill", notebook(BAD), "bad-out.ipynb", "--no-progress-bar"))


@pytest.mark.usefixtures("only_ours")
def test_papermill_help(notebook, execute):
    """`papermill --help-notebook` lists the parameters of a notebook."""
    run = execute("papermill", "--help-notebook", notebook(PARAMETERS, tags=["parameters"]))
    assert run.returncode == 0, run.stderr
    assert "epochs: number (default 1)" in run.stdout


def test_jupytext(execute, folder, kernel_name):
    """jupytext executes a .ts file of cells, brings it back unchanged, and fails on a bad one."""
    source = folder / "cells.ts"
    header = f"// ---\n// jupyter:\n//   kernelspec:\n//     display_name: x\n//     language: typescript\n//     name: {kernel_name}\n// ---\n\n"
    cells = "\n\n".join(f"// %%\n{code}" for code, _ in GOOD)
    source.write_text(f"{header}// %% [markdown]\n// # A title\n\n{cells}\n")
    run = execute("jupytext", "--to", "notebook", "--execute", source, "--output", "cells.ipynb")
    assert run.returncode == 0, run.stderr
    check_good(folder / "cells.ipynb")
    run = execute("jupytext", "--to", "ts:percent", "cells.ipynb", "--output", "back.ts")
    assert run.returncode == 0, run.stderr
    assert cells in (folder / "back.ts").read_text()
    source.write_text(header + "\n\n".join(f"// %%\n{code}" for code, _ in BAD) + "\n")
    check_failed(execute("jupytext", "--to", "notebook", "--execute", source, "--output", "bad.ipynb"))


@pytest.mark.usefixtures("only_ours")
def test_the_projects_notebook(execute, folder, kernel_name):
    """The shortest of the project's notebooks is executed as it is."""
    # It reads pictures in ../data.
    (folder / "notebooks").mkdir()
    (folder / "data").symlink_to(root / "data", target_is_directory=True)
    copy = folder / "notebooks" / "02-patches.ipynb"
    shutil.copy(root / "notebooks" / copy.name, copy)
    run = execute("jupyter", "execute", "--inplace", f"--kernel_name={kernel_name}", copy)
    assert run.returncode == 0, plain(run.stderr)
    cells = [c for c in nbformat.read(copy, as_version=4).cells if c.cell_type == "code" and c.source.strip()]
    assert all(cell.execution_count for cell in cells)
    assert any(output.get("data", {}).get("image/png") for cell in cells for output in cell.outputs)
