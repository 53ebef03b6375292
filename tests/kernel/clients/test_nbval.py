import os

import nbformat
import pytest
from conftest import read

pytestmark = pytest.mark.client("nbval")


@pytest.fixture
def validate(execute, folder):
    def run(path, **how):
        options = ["-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, "--nbval"]
        return execute("python", *options, path, **how).said

    return run


def test_same(validate, executed, phrases, dialect):
    """saved outputs compare equal: what is printed, values, HTML and pictures"""
    path = executed(phrases.base, phrases.twice, dialect.expression, dialect.display, phrases.picture)
    assert "5 passed" in validate(path)


def test_error(validate, notebook, execute, dialect):
    """an error that the notebook keeps, and expects, compares equal"""
    path = notebook(dialect.error, tags=["raises-exception"])
    execute("jupyter", "execute", "--inplace", path)
    assert "1 passed" in validate(path)


def test_other(validate, executed, phrases):
    """another output fails, and is shown beside the saved one"""
    path = executed(phrases.base, phrases.twice)
    document = read(path)
    document.cells[1].outputs[0].text = "twice is 41\n"
    nbformat.write(document, path)
    told = validate(path, fails=True)
    assert "1 failed, 1 passed" in told and "twice is 40" in told and "twice is 41" in told
