import re

import pytest

pytestmark = pytest.mark.client("euporie")


@pytest.fixture
def console(terminal, kernel_name):
    started = terminal("euporie-console", f"--kernel-name={kernel_name}", "--no-autocomplete", "--no-autoinspect")
    started.until(r"In \[1\]:")
    return started


def shown(run):
    """The lines that a preview draws, without the numbers of their cells."""
    return [re.sub(r"^\[\d+\] ", "", line.strip()) for line in run.stdout.splitlines()]


def test_preview(notebook, execute, phrases, dialect):
    """euporie-preview runs a notebook and draws it"""
    lines = shown(execute("euporie-preview", "--run", notebook(phrases.base, phrases.twice, dialect.expression)))
    assert "twice is 40" in lines and "42" in lines


def test_html(notebook, execute, dialect):
    """euporie-preview draws an output in HTML"""
    assert "bold" in shown(execute("euporie-preview", "--run", notebook(dialect.display)))


def test_result(console, dialect):
    """euporie-console shows a result"""
    console.type(f"{dialect.expression}\r")
    console.until(r"(?:Out\[\d+\]: +)?42$")
