import nbformat
import pytest
from conftest import read, said

pytestmark = pytest.mark.client("nbclient")


def test_execute(notebook, execute, phrases, dialect):
    """`jupyter execute` writes the outputs into the notebook"""
    path = notebook(phrases.base, phrases.twice, dialect.expression)
    execute("jupyter", "execute", "--inplace", path)
    document = read(path)
    nbformat.validate(document)
    assert [cell.execution_count for cell in document.cells] == [1, 2, 3]
    assert [said(cell) for cell in document.cells] == ["", "twice is 40", "42"]


def test_error(notebook, execute, dialect, phrases):
    """`jupyter execute` stops at an error and tells it"""
    assert phrases.failure in execute("jupyter", "execute", notebook(dialect.error), fails=True).said


def test_allow_errors(notebook, execute, dialect):
    """`--allow-errors` goes on after an error, which the notebook keeps"""
    path = notebook(dialect.error, dialect.expression)
    execute("jupyter", "execute", "--inplace", "--allow-errors", path)
    failed, last = read(path).cells
    assert [output.output_type for output in failed.outputs] == ["error"]
    assert (failed.outputs[0].evalue, said(last)) == ("boom", "42")


def test_expected_error(notebook, execute, dialect):
    """a cell tagged `raises-exception` may fail"""
    path = notebook(dialect.error, dialect.expression, tags=["raises-exception"])
    execute("jupyter", "execute", "--inplace", path)
    assert said(read(path).cells[1]) == "42"


def test_timeout(notebook, folder, kernel_name, phrases, dialect):
    """a cell that takes too long is interrupted, and the next one runs"""
    from nbclient import NotebookClient

    document = read(notebook(phrases.begun, dialect.expression))
    options = {"timeout": 3, "interrupt_on_timeout": True, "allow_errors": True}
    NotebookClient(document, resources={"metadata": {"path": str(folder)}}, **options).execute()
    assert said(document.cells[0]).startswith("begun")
    assert said(document.cells[1]) == "42"
