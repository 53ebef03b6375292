import pytest

pytestmark = pytest.mark.client("jupyter-client")


def test_run(execute, folder, kernel_name, phrases, dialect):
    """`jupyter run` runs a file and prints what it prints"""
    path = folder / f"script{dialect.extension}"
    path.write_text(f"{phrases.base}\n{phrases.twice}\n")
    assert "twice is 40\n" in execute("jupyter", "run", f"--kernel={kernel_name}", path).stdout


def test_pipe(execute, kernel_name, dialect):
    """`jupyter run` runs what comes through a pipe"""
    assert "hello, world\n" in execute("jupyter", "run", f"--kernel={kernel_name}", input=dialect.hello).stdout


def test_error(execute, folder, kernel_name, dialect, phrases):
    """`jupyter run` prints an error"""
    path = folder / f"script{dialect.extension}"
    path.write_text(dialect.error)
    assert phrases.failure in execute("jupyter", "run", f"--kernel={kernel_name}", path, fails=True).said
