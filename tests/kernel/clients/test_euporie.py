import re

import pytest

pytestmark = pytest.mark.client("euporie")


@pytest.fixture
def console(terminal, kernel_name):
    started = terminal("euporie-console", f"--kernel-name={kernel_name}", "--no-autocomplete", "--no-autoinspect")
    started.until(r"In \[1\]:")
    return started


def test_preview(notebook, execute, phrases, dialect):
    """euporie-preview runs a notebook and draws it"""
    lines = execute("euporie-preview", "--run", notebook(phrases.base, phrases.twice, dialect.expression)).stdout.splitlines()
    shown = [re.sub(r"^\[\d+\] ", "", line.strip()) for line in lines]
    assert "twice is 40" in shown and "42" in shown


def test_html(notebook, execute, dialect):
    """euporie-preview draws an output in HTML"""
    lines = execute("euporie-preview", "--run", notebook(dialect.display)).stdout.splitlines()
    assert "bold" in [re.sub(r"^\[\d+\] ", "", line.strip()) for line in lines]


def test_result(console, dialect):
    """euporie-console shows a result"""
    console.type(f"{dialect.expression}\r")
    console.until(r"Out\[\d+\]: 42$")
