import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

# The dialects and the report are those of the other checks.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "acceptance"))

from dialects import dialect_of  # noqa: E402
from folders import notebook_folder  # noqa: E402
from jupyter_client.kernelspec import KernelSpecManager  # noqa: E402
from kernel_client import plain  # noqa: E402
from phrases import phrases_of  # noqa: E402
from server import Server  # noqa: E402
from terminal import Terminal  # noqa: E402

pytest_plugins = ["checks"]
programs = Path(sys.executable).parent


@pytest.fixture
def folder(tmp_path):
    """An empty folder for notebooks."""
    path = tmp_path / "notebooks"
    path.mkdir()
    return notebook_folder(path)


@pytest.fixture(scope="session")
def dialect(kernel_name):
    return dialect_of(kernel_name)


@pytest.fixture(scope="session")
def phrases(kernel_name):
    return phrases_of(kernel_name)


@pytest.fixture
def environment(tmp_path, history_of_tests, colors_of_tests):
    """What a program is started with: this environment's programs first, and settings and histories of its own."""
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    jupyter = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    others = {"IPYTHONDIR": tmp_path / "ipython", "XDG_CONFIG_HOME": tmp_path / "config", "XDG_DATA_HOME": tmp_path / "data"}
    others["VITLAB_HISTORY"] = tmp_path / "history.jsonl"
    return {**os.environ, **jupyter, **{name: str(place) for name, place in others.items()}, "PATH": path}


@pytest.fixture
def execute(folder, environment):
    """Runs a program in the notebooks' folder to its end, `execute("jupyter", "run", ...)`; what it says is in `said`."""

    def run(program, *arguments, fails=False, input=None):
        command = [str(programs / program), *map(str, arguments)]
        ended = subprocess.run(
            command, cwd=folder, env=environment, input=input, capture_output=True, text=True, timeout=150
        )
        ended.said = plain(ended.stdout + ended.stderr)
        assert (ended.returncode != 0) == fails, f"exit code {ended.returncode}: {ended.said[-2000:]}"
        return ended

    return run


@pytest.fixture
def terminal(folder, environment):
    """Starts a program at a terminal: `terminal("jupyter", "console")`."""
    started = []

    def start(program, *arguments):
        started.append(Terminal(str(programs / program), map(str, arguments), folder, environment))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def serve(folder, environment):
    """Starts a server: `serve(lambda port, token: ("voila", ...), ready="/")`."""
    started = []

    def start(command, ready):
        def whole(port, token):
            program, *arguments = command(port, token)
            return [str(programs / program), *map(str, arguments)]

        started.append(Server(whole, folder, environment, ready))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def notebook(folder, kernel_name, dialect):
    """Writes a notebook of these cells into the folder; `first` is metadata of its first cell."""
    spec = KernelSpecManager().get_kernel_spec(kernel_name)

    def write(*cells, name="notebook.ipynb", **first):
        document = nbformat.v4.new_notebook()
        document.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{index}") for index, source in enumerate(cells)]
        document.cells[0].metadata.update(first)
        document.metadata["kernelspec"] = {
            "name": kernel_name,
            "display_name": spec.display_name,
            "language": spec.language,
        }
        document.metadata["language_info"] = {"name": spec.language, "file_extension": dialect.extension}
        nbformat.write(document, folder / name)
        return folder / name

    return write


@pytest.fixture
def executed(notebook, execute):
    """Writes a notebook of these cells and executes it."""

    def run(*cells, name="notebook.ipynb"):
        path = notebook(*cells, name=name)
        execute("jupyter", "execute", "--inplace", path)
        return path

    return run


def read(path):
    return nbformat.read(path, as_version=4)


def said(cell):
    """What a cell of a document printed and showed, without colors."""
    texts = (o.get("text") or o.get("data", {}).get("text/plain") or o.get("evalue", "") for o in cell.outputs)
    return plain("".join(texts)).strip()
