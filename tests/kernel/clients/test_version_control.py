import re

import pytest
from conftest import read


@pytest.mark.client("nbdime")
def test_twice(executed, execute, phrases, dialect):
    """`nbdiff` finds no difference between two executions of a notebook"""
    cells = [phrases.base, phrases.twice, dialect.expression, dialect.display, phrases.picture]
    one, two = (executed(*cells, name=name) for name in ("one.ipynb", "two.ipynb"))
    assert execute("nbdiff", "--ignore-metadata", one, two).said == ""


@pytest.mark.client("nbdime")
def test_changed(executed, execute, phrases):
    """`nbdiff` shows a changed line and what it printed"""
    one = executed(phrases.base, phrases.twice, name="one.ipynb")
    two = executed(phrases.base.replace("20", "30"), phrases.twice, name="two.ipynb")
    told = execute("nbdiff", "--ignore-metadata", "--no-color", one, two).said
    changed = [(line[0], line[1:].strip()) for line in told.splitlines() if re.match(r"[-+][^-+]", line)]
    assert changed == [
        ("-", phrases.base),
        ("+", phrases.base.replace("20", "30")),
        ("-", "twice is 40"),
        ("+", "twice is 60"),
    ]


@pytest.mark.client("nbstripout")
def test_strip(executed, execute, phrases):
    """`nbstripout` takes outputs and counts away and leaves the code"""
    path = executed(phrases.base, phrases.twice)
    execute("nbstripout", path)
    cells = read(path).cells
    assert [(cell.source, cell.outputs, cell.execution_count) for cell in cells] == [(phrases.base, [], None), (phrases.twice, [], None)]
