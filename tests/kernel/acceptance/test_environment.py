"""An environment of Python beside the project, made ready by `vitlab kernelspec install --prefix`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from folders import root

pytestmark = pytest.mark.usefixtures("only_ours")

PARAMETERS = 'const optimizer: "adam" | "sgd" = "adam";\nlet rate = "slow";'
CELLS = [
    PARAMETERS,
    'if (optimizer === "adam" || rate === "slow") throw new Error("not the given values");\nrate = "slower";',
    'import { openComm } from "vitlab/kernel";\nimport { slider } from "vitlab";',
    "const block = slider(0, 11, { value: 3 });\nblock",
    'openComm("elsewhere").commId.length > 0',
    'const { slider: again } = await import("vitlab");\nagain === slider && require("vitlab").slider === slider',
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A virtual environment with the packages of this one, but nothing of vitlab's but what `kernelspec install` puts there."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (own,) = folder.glob("lib/python3.*/site-packages")
    packages = tmp_path_factory.mktemp("packages")
    (here,) = Path(sys.prefix).glob("lib/python3.*/site-packages")
    for entry in here.iterdir():
        if not entry.name.startswith("vitlab"):
            (packages / entry.name).symlink_to(entry)
    (own / "others.pth").write_text(f"{packages}\n")
    command = [shutil.which("node"), root / "dist" / "cli" / "main.js", "kernelspec", "install", "--prefix", folder]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert f"Installed what has papermill set parameters in {own}" in run.stdout
    return folder


@pytest.fixture
def papermill(environment, tmp_path):
    """Runs papermill of the environment on a notebook in a folder of its own, with these parameters."""

    def run(*parameters):
        document = nbformat.v4.new_notebook()
        document.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
        document.cells[0].metadata["tags"] = ["parameters"]
        document.metadata["kernelspec"] = {"name": "vitlab", "display_name": "TypeScript", "language": "typescript"}
        nbformat.write(document, tmp_path / "in.ipynb")
        command = [environment / "bin" / "python", "-m", "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar"]
        given = [word for name, value in parameters for word in ("-p", name, value)]
        hidden = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON"))}
        return subprocess.run(
            [*command, *given],
            cwd=tmp_path,
            env={**hidden, "JUPYTER_DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            timeout=150,
        )

    return run


def test_papermill_and_widgets(papermill, tmp_path):
    """papermill sets parameters of their declared types; "vitlab" and "vitlab/kernel" are those of the kernel."""
    run = papermill(("optimizer", "sgd"), ("rate", "fast"))
    assert run.returncode == 0, run.stderr
    document = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert document.cells[1].source == '// Parameters\nconst optimizer: "adam" | "sgd" = "sgd";\nlet rate: string = "fast";\n'
    data = [cell.outputs[0].data for cell in document.cells if cell.outputs]
    assert "application/vnd.jupyter.widget-view+json" in data[1]
    assert [each["text/plain"] for each in (data[0], *data[2:])] == ["'slower'", "true", "true"]


def test_reserved_words(papermill, tmp_path):
    """A parameter that has no name in TypeScript is refused before anything runs."""
    for name in ("class", "await", "enum", "arguments"):
        run = papermill((name, "3"))
        assert run.returncode != 0
        assert f'"{name}" cannot be the name of a parameter: it is a word of TypeScript' in run.stderr
        assert not (tmp_path / "out.ipynb").exists() or not nbformat.read(tmp_path / "out.ipynb", 4).cells[0].outputs


def test_removal(environment):
    """`kernelspec remove` takes all of it away again."""
    command = [shutil.which("node"), root / "dist" / "cli" / "main.js", "kernelspec", "remove", "--prefix", environment]
    subprocess.run(command, check=True, capture_output=True)
    assert not [path for path in environment.rglob("*") if path.name.startswith("vitlab")]
