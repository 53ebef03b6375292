"""A language that knows nothing of TypeScript on the same front: what the protocol asks is the front's work alone."""

import json
import os
import shutil
from pathlib import Path

import jupyter_kernel_test
import pytest

pytestmark = pytest.mark.timeout(30)
start = Path(__file__).resolve().parents[1] / "echo" / "start.cjs"


@pytest.fixture(scope="module", autouse=True)
def kernelspec(tmp_path_factory):
    """Installs the kernel where Jupyter looks for it, as long as these tests last."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "echo"
    spec.mkdir(parents=True)
    argv = [shutil.which("node"), str(start), "{connection_file}"]
    kernel = {"argv": argv, "display_name": "Echo", "language": "echo", "interrupt_mode": "message"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(folder)
    yield
    if before is None:
        del os.environ["JUPYTER_PATH"]
    else:
        os.environ["JUPYTER_PATH"] = before


class TestEcho(jupyter_kernel_test.KernelTests):
    kernel_name = "echo"
    language_name = "echo"
    file_extension = ".txt"
    code_hello_world = "print hello, world"
    code_stderr = "warn careful"
    code_generate_error = "fail of course"
    code_execute_result = [{"code": "hello", "result": "hello"}, {"code": "print one\ntwo", "result": "two"}]
    code_display_data = [{"code": "show <b>bold</b>", "mime": "text/html"}]
    code_inspect_sample = "print"
    code_history_pattern = "hel?o"
    supported_history_operations = ("tail", "range", "search")
    completion_samples = [{"text": "pr", "matches": ["print"]}, {"text": "wa", "matches": ["warn", "wait"]}]
    complete_code_samples = ["hello", "print it"]
    incomplete_code_samples = ["print \\"]


@pytest.fixture
def echo(start):
    return start(name="echo")


def test_asks_the_person_at_the_client(echo):
    id = echo.execute("ask name?", allow_stdin=True)
    asked = echo.until(lambda: echo.arrived[id]["stdin"], 10, "the question")[0]
    assert asked["content"] == {"prompt": "name?", "password": False}
    echo.send("input_reply", {"value": "Ada"}, channel="stdin", parent=asked)
    assert echo.collect(id, 10).result == "Ada"


def test_is_stopped_by_a_request(echo):
    result, took = echo.interrupted("wait 20000")
    assert result.error.startswith("Stopped")
    assert took < 2


def test_cells_after_an_error_are_not_run(echo):
    first, second = echo.execute("wait 50\nfail here"), echo.execute("never")
    assert echo.collect(first, 10).error.startswith("Failure: here")
    assert echo.collect(second, 10).status == "aborted"


def test_a_subshell_answers_beside_a_cell(echo):
    shell = echo.ask("create_subshell_request", channel="control")["subshell_id"]
    waiting = echo.execute("wait 500\nlater")
    assert echo.collect(echo.execute("at once", subshell=shell), 10).result == "at once"
    assert echo.collect(waiting, 10).result == "later"


def test_a_comm_is_closed_again_where_the_language_has_none(echo):
    id = echo.send("comm_open", {"comm_id": "c", "target_name": "nobody", "data": {}})
    echo.until(lambda: echo.messages(id, "comm_close"), 10, "comm_close")
    echo.until(lambda: echo._idle(id), 10, "idle")


def test_offers_no_debugger(echo):
    info = echo.ask("kernel_info_request")
    assert info["implementation"] == "echo"
    assert info["supported_features"] == ["kernel subshells"]
