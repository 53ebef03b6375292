"""What people type in consoles, and what IPython's users expect of a kernel there."""

import json

from pathlib import Path

import pytest
from kernel_client import plain

pytestmark = pytest.mark.usefixtures("only_ours")


@pytest.fixture
def console(kernel_of_module):
    """The kernel of this module, in a folder with files."""
    kernel = kernel_of_module()
    folder = Path(kernel.run("process.cwd()").result.strip("'"))
    if not (folder / "wide").exists():
        write_files(folder)
    return kernel


def write_files(folder):
    (folder / "wide").mkdir()
    (folder / "wind.txt").write_text("air")
    (folder / "part.ts").write_text("const part: number = 4;\nfunction twice(x: number) { return 2 * x; }\npart\n")
    (folder / "bad.ts").write_text("const fine = 1;\nthrow new RangeError('too far');\n")
    cells = [{"cell_type": "code", "source": ["const inNotebook = 6;\n", "inNotebook"]}, {"cell_type": "markdown", "source": "x"}]
    (folder / "other.ipynb").write_text(json.dumps({"cells": cells}))

def matches(kernel, code, cursor=None):
    return kernel.complete(code, cursor)["matches"]


def value(kernel, code):
    result = kernel.run(code)
    assert result.status == "ok", result.error
    return result.result


def test_is_complete(console):
    """A cell magic is complete after an empty line, as in IPython."""
    wanted = {"%%bash": "incomplete", "%%bash\necho": "incomplete", "%%bash\necho\n\n": "complete", "!ls": "complete"}
    assert {code: console.is_complete(code) for code in wanted} == wanted


def test_one_tab_completes(console):
    """Names that begin with what is typed come alone: a console completes what all have in common."""
    assert matches(console, "console.lo") == ["log"]
    assert matches(console, "[1].ma") == ["map"]
    assert set(matches(console, "Math.m")) == {"max", "min"}
    assert "toUpperCase" in matches(console, '"a".upper')


def test_paths(console):
    """Paths complete in magics, commands and strings; no identifiers there."""
    for code in ("%cd w", "!ls w", "%load w", "%%writefile w", "%%bash\ncat w", 'const t = require("fs").readFileSync("w'):
        assert matches(console, code) == ["wide/", "wind.txt"], code
    assert matches(console, 'import { x } from "./w') != ["wide/", "wind.txt"]
    assert matches(console, 'const kind: "adam" | "sgd" = "a') == ["adam"]
    value(console, "%cd wide")
    assert matches(console, "!cat ../wi") == ["../wide/", "../wind.txt"]
    value(console, "%cd ..")


def test_live_values(console):
    """What has no type completes and is told of by its value, without running a getter."""
    console.run(
        """const parsed = JSON.parse('{"alpha": {"beta": [1, 2]}, "x-y": 3}');
const guarded: any = { count: 0, get costly() { this.count++; return { deep: 1 }; } };"""
    )
    assert matches(console, "parsed.") == ["alpha"]
    assert matches(console, "parsed.al") == ["alpha"]
    assert matches(console, "parsed.alpha.") == ["beta"]
    assert matches(console, "parsed['x") == ["x-y"]
    assert "PATH" in matches(console, "process.env.PA")
    assert set(matches(console, "guarded.")) == {"count", "costly"}
    assert matches(console, "guarded.costly.") == []
    told = plain(console.inspect("parsed", 6)["data"]["text/plain"])
    assert "const parsed: any" in told and "alpha: { beta: [Array] }" in told
    assert "beta" in console.inspect("parsed.alpha", 9)["data"]["text/plain"]
    assert "costly: [Getter]" in console.inspect("guarded", 3)["data"]["text/plain"]
    assert value(console, "guarded.count") == "0"


def test_live_values_during_a_cell(console):
    """A cell that awaits answers; one that is busy keeps nobody waiting."""
    value(console, "const shared = JSON.parse('{\"one\": 1}');")
    running = console.execute("await new Promise((r) => setTimeout(r, 1500));")
    assert matches(console, "shared.") == ["one"]
    console.collect(running)
    running = console.execute("console.log('begun'); const end = Date.now() + 2500; while (Date.now() < end);")
    console.until(lambda: console.messages(running, "stream"), 30, "the beginning of the loop")
    assert matches(console, "shared.") == []
    console.collect(running)


def test_help_of_magics(console):
    """Shift-Tab on a magic tells how it is used, on its expression what that is."""
    assert "%timeit [-n LOOPS]" in console.inspect("%timeit x", 4)["data"]["text/plain"]
    assert "max" in console.inspect("%timeit Math.max(1)", 15)["data"]["text/plain"]


def test_last_values(console):
    """`_` is the value shown last, `Out` has those of all cells, `In` what was run."""
    value(console, "6 * 7")
    assert value(console, "_ + 1") == "43"
    assert value(console, "[_, __]") == "[ 43, 42 ]"
    count = console.run("'counted'").content["execution_count"]
    assert value(console, f"[Out[{count}], In[{count}]]") == """[ 'counted', "'counted'" ]"""
    value(console, "undefined")
    assert value(console, "const _ = 'own'; _") == "'own'"
    assert value(console, "_") == "'own'"


def test_history(console):
    """`%history` shows what was run, with -n by number."""
    count = console.run("const remembered = 1;").content["execution_count"]
    assert console.run(f"%history {count}").stdout == "const remembered = 1;\n"
    assert console.run(f"%history -n {count}").stdout == f"{count:4}: const remembered = 1;\n"
    assert console.run("%history -l 1").stdout == "%history -l 1\n"
    assert "2-5" in console.run("%history nope").error


def test_capture(console):
    """`%%capture` keeps what a cell prints, displays and ends with."""
    captured = console.run(
        "%%capture kept\nconsole.log('out'); console.error('err'); display({ 'text/html': '<b>b</b>' });\nawait 1;\n40 + 2"
    )
    assert (captured.text(), captured.bundles, captured.status) == ("", [], "ok")
    assert value(console, "[kept.stdout, kept.stderr, kept.outputs.length]") == "[ 'out\\n', 'err\\n', 2 ]"
    shown = console.run("kept.show()")
    assert (shown.stdout, shown.stderr) == ("out\n", "err\n")
    assert [each.get("text/plain") for each in shown.bundles][-1] == "42"
    assert console.run("%%capture --no-stderr\nconsole.log(1); console.error(2)").text() == "2\n"
    failing = console.run("%%capture gone\nthrow new Error('told')")
    assert "told" in failing.error
    assert "--no-stdout" in console.run("%%capture --quiet\n1").error


def test_run(console):
    """`%run` runs a file or a notebook in the cell's place: what it declares stays."""
    assert console.run("%run part.ts").result is None
    assert value(console, "twice(part)") == "8"
    value(console, "%run other.ipynb")
    assert value(console, "inNotebook") == "6"
    error = console.run("%run bad.ts").error
    assert "bad.ts:2:7" in error and "> 2 | throw new RangeError('too far');" in error
    assert "can't read" in console.run("%run gone.ts").error
    assert "stands alone" in console.run("const x = 1;\n%run part.ts").error


def test_last_line(console):
    """A traceback ends with the message, which tools show."""
    lines = console.run("function f() {\n  throw new RangeError('boom');\n}\nf()").content["traceback"]
    assert plain("\n".join(lines)).splitlines()[-1] == "RangeError: boom"
    lines = console.run("const n: number = 'no'").content["traceback"]
    assert plain("\n".join(lines)).splitlines()[-1] == "TypeScriptError: Type 'string' is not assignable to type 'number'."
