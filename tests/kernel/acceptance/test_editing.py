"""What an editor asks while a person types (comm target vitlab.editing.v1)."""

import itertools

import pytest

pytestmark = [pytest.mark.usefixtures("only_ours"), pytest.mark.timeout(120)]

TARGET = "vitlab.editing.v1"
numbers = itertools.count(1)


class Editor:
    """One end of a comm to the kernel's editing."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.comm = f"editor-{next(numbers)}"
        kernel.send("comm_open", {"comm_id": self.comm, "target_name": TARGET, "data": {}})

    def ask(self, method, cells, timeout=20, **more):
        """The replies to a request, up to the one that ends it."""
        id = next(numbers)
        cells = [{"id": str(i), "source": source} for i, source in enumerate(cells)]
        data = {"id": id, "method": method, "cells": cells, **more}
        message = self.kernel.send("comm_msg", {"comm_id": self.comm, "data": data})

        def over():
            found = [m["content"]["data"] for m in self.kernel.messages(message, "comm_msg")]
            return found if found and ("result" in found[-1] or "error" in found[-1]) else None

        replies = self.kernel.until(over, timeout, f"the answer to {method}")
        assert all(reply["id"] == id for reply in replies)
        return replies

    def errors(self, *cells):
        replies = self.ask("diagnostics", cells)
        return {reply["cell"]: [each["message"] for each in reply["diagnostics"]] for reply in replies[:-1]}


def test_tells_errors_of_cells_that_have_not_run(kernel):
    told = Editor(kernel).errors("const a = 1;", "const b: string = a;", "const a = 'again';")
    assert told == {"0": [], "1": ["Type 'number' is not assignable to type 'string'."], "2": []}


def test_counts_what_ran_by_the_cells_own_ids(kernel):
    content = {"code": "let n = 'text';", "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    id = kernel.send("execute_request", content, metadata={"cellId": "0"})
    assert kernel.collect(id).status == "ok"
    told = Editor(kernel).errors("let n = 'text';", "n.toUpperCase(); n.toFixed()")
    assert len(told["1"]) == 1 and "toFixed" in told["1"][0]


def test_answers_while_a_cell_runs(kernel):
    busy = kernel.execute("await new Promise((resolve) => setTimeout(resolve, 3000));")
    kernel.until(lambda: kernel.messages(busy, "execute_input"), 10, "the cell begins")
    editor = Editor(kernel)
    assert editor.errors("nope") == {"0": ["Cannot find name 'nope'."]}
    signature = editor.ask("signatureHelp", ["Math.max("], cell="0", place={"line": 0, "character": 9})
    assert "max(...values" in signature[0]["result"]["signatures"][0]["label"]
    assert kernel._reply(busy) is None
    kernel.collect(busy, 10)


def test_refuses_in_a_sentence(kernel):
    place = {"cell": "0", "place": {"line": 0, "character": 0}}
    reply = Editor(kernel).ask("rename", ["console.log(1)"], newName="print", **place)[0]
    assert "console is declared outside of this notebook" in reply["error"]


def test_ignores_what_is_no_request(kernel):
    editor = Editor(kernel)
    for content in ({"comm_id": editor.comm}, {"comm_id": editor.comm, "data": {"id": 1}}):
        kernel.send("comm_msg", content)
    assert editor.errors("nope") == {"0": ["Cannot find name 'nope'."]}


def test_each_editor_has_its_own_answers(kernel):
    one, two = Editor(kernel), Editor(kernel)
    assert one.errors("nope") == two.errors("nope") == {"0": ["Cannot find name 'nope'."]}


def test_nobody_else_sees_it(kernel):
    """An editor's comm is none of the cells': it is in no list of theirs, and its name can't be taken."""
    Editor(kernel).errors("1")
    assert kernel.run("1 + 1").result == "2"
    comms = kernel.ask("comm_info_request", {"target_name": "jupyter.widget"})["comms"]
    assert comms == {}


def test_is_closed_with_the_process_of_the_cells_and_opens_again(kernel):
    editor = Editor(kernel)
    assert editor.errors("1") == {"0": []}
    kernel.run("const here = 1;")
    died = kernel.execute("process.exit(3)")
    kernel.collect(died)
    closed = kernel.until(lambda: kernel.messages(died, "comm_close"), 10, "comm_close")
    assert closed[0]["content"]["comm_id"] == editor.comm
    assert Editor(kernel).errors("here") == {"0": ["Cannot find name 'here'."]}
