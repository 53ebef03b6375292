import pytest

pytestmark = pytest.mark.client("mystmd")


@pytest.fixture
def build(execute, environment, serve, folder):
    """The texts that `myst build` puts beside an article made of a document; the Jupyter that it executes with is ours."""
    command = lambda port, token: ("jupyter", "server", "--allow-root", f"--port={port}", f"--IdentityProvider.token={token}")
    server = serve(command, ready="/api/status")
    environment.update(JUPYTER_BASE_URL=f"http://{server.address}", JUPYTER_TOKEN=server.token)
    (folder / "myst.yml").write_text("version: 1\nproject: {}\n")

    def run(path):
        execute("myst", "build", "--execute", "--xml", "--force", path)
        files = folder / "_build" / "exports" / "files"
        return sorted(each.read_text().strip() for each in files.glob("*.txt")) if files.exists() else []

    return run


def test_notebook(build, notebook, phrases, dialect):
    """a notebook is executed into an article"""
    assert build(notebook(phrases.base, phrases.twice, dialect.expression)) == ["42", "twice is 40"]


def test_page(build, folder, kernel_name, phrases):
    """a Markdown page with code is executed into an article"""
    header = f"---\nkernelspec:\n  name: {kernel_name}\n  display_name: x\n---\n# A title\n"
    cells = [f"```{{code-cell}}\n{cell}\n```\n" for cell in (phrases.base, phrases.twice)]
    (folder / "page.md").write_text("\n".join([header, *cells]))
    assert build(folder / "page.md") == ["twice is 40"]
