import os

import pytest
from conftest import read, said

pytestmark = pytest.mark.client("nbmake")


@pytest.fixture
def make(execute, folder):
    def run(*arguments, **how):
        options = ["-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, "--nbmake"]
        return execute("python", *options, *arguments, **how).said

    return run


def test_pass(make, notebook, phrases):
    """a notebook without errors passes"""
    assert "1 passed" in make(notebook(phrases.base, phrases.twice))


def test_summary(make, notebook, dialect, phrases):
    """the summary names the error"""
    told = make(notebook(dialect.error), fails=True)
    (summary,) = [line for line in told.splitlines() if line.startswith("FAILED")]
    assert phrases.failure in summary


def test_overwrite(make, notebook, dialect):
    """`--overwrite` writes the outputs into the notebook"""
    path = notebook(dialect.expression)
    make("--overwrite", path)
    assert said(read(path).cells[0]) == "42"


def test_timeout(make, notebook, phrases):
    """a cell that takes too long fails"""
    assert "timed out" in make("--nbmake-timeout=3", notebook(phrases.begun), fails=True).lower()
