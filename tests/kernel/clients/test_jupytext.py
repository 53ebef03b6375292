import pytest
from conftest import read, said

pytestmark = pytest.mark.client("jupytext")


@pytest.fixture
def script(folder, dialect, kernel_name):
    """Writes a script of cells."""

    def write(*cells):
        mark = "#" if dialect.language == "python" else "//"
        header = ["---", "jupyter:", "  kernelspec:", "    display_name: x", f"    name: {kernel_name}", "---"]
        parts = ["\n".join(f"{mark} {line}" for line in header), f"{mark} %% [markdown]\n{mark} # A title"]
        path = folder / f"cells{dialect.extension}"
        path.write_text("\n\n".join([*parts, *(f"{mark} %%\n{cell}" for cell in cells)]) + "\n")
        return path

    return write


def test_execute(script, execute, folder, phrases):
    """a script of cells is executed into a notebook"""
    execute("jupytext", "--to", "notebook", "--execute", script(phrases.base, phrases.twice))
    title, base, twice = read(folder / "cells.ipynb").cells
    assert (title.cell_type, title.source, base.source) == ("markdown", "# A title", phrases.base)
    assert said(twice) == "twice is 40"


def test_back(script, execute, phrases):
    """a notebook becomes the script again, cell by cell"""
    path = script(phrases.base, phrases.twice)
    before = path.read_text()
    execute("jupytext", "--to", "notebook", "--execute", path)
    execute("jupytext", "--to", f"{path.suffix[1:]}:percent", path.with_suffix(".ipynb"))
    after = path.read_text()
    assert after.split("%% [markdown]")[1] == before.split("%% [markdown]")[1]


def test_error(script, execute, dialect, phrases):
    """an error ends it, and is told"""
    assert phrases.failure in execute("jupytext", "--to", "notebook", "--execute", script(dialect.error), fails=True).said
