import re

import pytest

pytestmark = pytest.mark.client("nbconvert")


def test_page(notebook, execute, folder, phrases, dialect):
    """`--execute --to html` makes a page with outputs"""
    execute("jupyter", "nbconvert", "--execute", "--to", "html", notebook(phrases.base, phrases.twice, dialect.display))
    page = (folder / "notebook.html").read_text()
    assert "twice is 40" in page and "<b>bold</b>" in page


def test_picture(notebook, execute, folder, phrases):
    """`--to markdown` writes a picture beside the text"""
    execute("jupyter", "nbconvert", "--execute", "--to", "markdown", notebook(phrases.picture))
    (picture,) = (folder / "notebook_files").iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert f"![png](notebook_files/{picture.name})" in (folder / "notebook.md").read_text()


def test_colors(notebook, execute, folder, phrases):
    """a page shows the code in color"""
    execute("jupyter", "nbconvert", "--execute", "--to", "html", notebook(phrases.twice.replace("base", "20")))
    page = (folder / "notebook.html").read_text()
    assert '<span class="mi">20</span>' in page or '<span class="mf">20</span>' in page


def test_script(notebook, execute, folder, phrases, dialect):
    """`--to script` makes a file with the language's ending"""
    path = notebook(phrases.base)
    execute("jupyter", "nbconvert", "--execute", "--to", "notebook", "--inplace", path)
    execute("jupyter", "nbconvert", "--to", "script", path)
    assert phrases.base in (folder / f"notebook{dialect.extension}").read_text()


def test_error(notebook, execute, dialect, phrases):
    """an error ends it, and is told"""
    path = notebook(dialect.error)
    assert phrases.failure in execute("jupyter", "nbconvert", "--execute", "--to", "html", path, fails=True).said


def test_allow_errors(notebook, execute, folder, dialect):
    """with `--allow-errors` the page has the error"""
    execute("jupyter", "nbconvert", "--execute", "--allow-errors", "--to", "html", notebook(dialect.error, dialect.hello))
    outputs = re.findall(r'<div class="jp-RenderedText .*?</div>', (folder / "notebook.html").read_text(), re.DOTALL)
    assert ["boom" in output for output in outputs] == [True, False] and "hello, world" in outputs[1]
