import pytest
from conftest import read, said

pytestmark = pytest.mark.client("papermill")
quietly = "--no-progress-bar"


@pytest.fixture
def parameterized(notebook, phrases):
    return notebook(phrases.parameters, phrases.compare, tags=["parameters"])


def test_parameters(parameterized, execute, folder):
    """`-p` sets a number, and a string by the type that the notebook declares"""
    execute("papermill", parameterized, "out.ipynb", "-p", "epochs", 41, "-p", "optimizer", "sgd", quietly)
    cells = read(folder / "out.ipynb").cells
    assert cells[1].metadata.tags == ["injected-parameters"]
    assert said(cells[2]) == "small steps, 42"


def test_quotes(notebook, execute, folder, phrases, dialect):
    """`-r` hands a string over as it is, quotes and backslashes included"""
    show = "print(name)" if dialect.language == "python" else "console.log(name);"
    text = """O'Hara, "the \\ great" cat"""
    execute("papermill", notebook(show, name="raw.ipynb"), "out.ipynb", "-r", "name", text, quietly)
    assert said(read(folder / "out.ipynb").cells[1]) == text


def test_list(notebook, execute, folder, dialect):
    """`-y` sets a list"""
    show = "print(sum(sizes))" if dialect.language == "python" else "console.log(sizes[0] + sizes[1]);"
    execute("papermill", notebook(show), "out.ipynb", "-y", "sizes: [40, 2]", quietly)
    assert said(read(folder / "out.ipynb").cells[1]) == "42"


def test_help(parameterized, execute):
    """`--help-notebook` lists the parameters"""
    told = execute("papermill", "--help-notebook", parameterized).said
    assert "epochs: " in told and "(default 1)" in told


def test_error(notebook, execute, folder, dialect, phrases):
    """an error ends it, is told, and leads the notebook that it writes"""
    run = execute("papermill", notebook(dialect.error, dialect.hello), "out.ipynb", quietly, fails=True)
    assert phrases.failure in run.said
    first, *_, last = read(folder / "out.ipynb").cells
    assert "An Exception was encountered" in first.source
    assert last.execution_count is None, "the cell after the error ran"


def test_log(notebook, execute, dialect):
    """`--log-output` tells what a cell prints, while it runs"""
    run = execute("papermill", notebook(dialect.hello), "out.ipynb", "--log-output", quietly)
    assert "hello, world" in run.said
