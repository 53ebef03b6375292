import json
import re

import pytest
from phrases import PIXEL

pytestmark = pytest.mark.client("voila")


@pytest.fixture
def page(serve, notebook):
    """The page that voila makes of a notebook of these cells."""

    def get(*cells, options=()):
        path = notebook(*cells)
        command = lambda port, token: ("voila", path, "--no-browser", f"--port={port}", *options)
        return serve(command, ready="/voila/static/voila.js").page("/")

    return get


def outputs_of(page):
    """What a page leaves to its script to draw."""
    found = re.findall(r'<script type="application/vnd.voila.cell-output\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(each) for each in found]


def test_page(page, phrases, dialect):
    """a page has the outputs and not the code"""
    text = page(phrases.base, phrases.twice, dialect.display)
    assert "twice is 40" in text and phrases.base not in text
    assert [each["data"]["text/html"] for each in outputs_of(text)] == ["<b>bold</b>"]


def test_picture(page, phrases):
    """a page has a picture"""
    (output,) = outputs_of(page(phrases.picture))
    assert output["data"]["image/png"].strip() == PIXEL


def test_sources(page, phrases):
    """with `--strip_sources=False` the code is there, in color"""
    text = page(phrases.twice.replace("base", "20"), options=["--strip_sources=False"])
    assert '<span class="mi">20</span>' in text or '<span class="mf">20</span>' in text


def test_error(page, dialect):
    """with `--show_tracebacks=True` an error is told"""
    assert "boom" in page(dialect.error, options=["--show_tracebacks=True", "--strip_sources=True"])
