"""The checks of runtimed/kernel-testbed, in our own words and stricter where it lets a guess pass."""

import time

import pytest
import zmq
from dialects import dialect_of
from jupyter_kernel_test.msgspec_v5 import validate_message
from kernel_client import Kernel


@pytest.fixture(scope="module")
def say(kernel_name):
    return dialect_of(kernel_name)


@pytest.fixture(autouse=True)
def calm():
    yield
    # Some kernels abort whatever comes within 200 ms of an error: that is not the next check's fault.
    time.sleep(0.25)


def test_heartbeat(shared):
    """The heartbeat sends back what it got."""
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.linger = 0
    info = shared.manager.get_connection_info()
    socket.connect(f"tcp://{info['ip']}:{info['hb_port']}")
    try:
        socket.send(b"ping")
        assert socket.poll(5000), "no answer"
        assert socket.recv() == b"ping"
    finally:
        socket.close()


def test_iopub_welcome(shared):
    """Who subscribes to iopub is greeted by iopub_welcome, which names the subscription."""
    (welcome,) = shared.until(
        lambda: [m for m in shared.strays if m["msg_type"] == "iopub_welcome"], 3, "iopub_welcome"
    )
    assert welcome["content"] == {"subscription": ""}


def test_kernel_info(shared):
    """kernel_info_reply is as the protocol says, with status ok."""
    result = shared.collect(shared.send("kernel_info_request", {}))
    assert result.status == "ok"
    validate_message(result.reply, "kernel_info_reply", result.reply["parent_header"]["msg_id"])


def test_language_info(shared, say):
    """kernel_info_reply names the language, and how to color it in a way that every client reads."""
    info = shared.ask("kernel_info_request")["language_info"]
    assert info["name"] == say.language
    assert info["file_extension"] == say.extension
    mode = info.get("codemirror_mode", "")
    # nteract's client knows a string or {name, version}.
    assert isinstance(mode, str) or set(mode) <= {"name", "version"}, f"codemirror_mode is {mode}"


def test_protocol_version(shared):
    """kernel_info_reply names the version of the protocol."""
    version = shared.ask("kernel_info_request")["protocol_version"]
    assert version.split(".")[0] == "5", version


def test_stdout(shared, say):
    """What a cell prints comes as a stream on stdout."""
    assert "hello, world" in shared.run(say.hello).stdout


def test_stderr(shared, say):
    """What a cell prints as an error comes as a stream on stderr."""
    result = shared.run(say.stderr)
    assert "error" in result.stderr
    assert result.status == "ok"


def test_execute_reply(shared, say):
    """A good cell is answered with status ok and its execution count."""
    result = shared.run(say.assignment)
    assert result.status == "ok"
    assert isinstance(result.content["execution_count"], int)


def test_status(shared, say):
    """A cell is busy once, then idle once, and nothing comes outside of that."""
    result = shared.run(say.hello)
    states = [m["content"]["execution_state"] for m in result.of("status")]
    assert states == ["busy", "idle"]
    assert result.messages[0]["msg_type"] == "status"
    assert result.messages[-1]["msg_type"] == "status"


def test_execute_input(shared, say):
    """Every client hears the code of a cell and its execution count."""
    result = shared.run(say.assignment)
    (told,) = result.of("execute_input")
    assert told["content"]["code"] == say.assignment
    assert told["content"]["execution_count"] == result.content["execution_count"]


def test_complete(shared, say):
    """A name that a cell declared is completed."""
    shared.run(say.declaration)
    reply = shared.complete("testVar")
    assert reply["status"] == "ok"
    assert "testVariable" in reply["matches"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (0, 7)


def test_inspect(shared, say):
    """A name that a cell declared is explained."""
    shared.run(say.declaration)
    reply = shared.inspect("testVariable")
    assert reply["status"] == "ok"
    assert reply["found"] is True
    assert "text/plain" in reply["data"]


def test_is_complete(shared, say):
    """Complete code is complete."""
    assert shared.is_complete(say.assignment) == "complete"


def test_is_incomplete(shared, say):
    """Code that lacks its end is incomplete."""
    assert shared.is_complete(say.incomplete) == "incomplete"


def test_history(shared, say):
    """The history ends with what was executed last."""
    shared.run(say.assignment)
    entries = shared.history(hist_access_type="tail", n=3)
    assert entries[-1][2] == say.assignment


def test_comm_info(shared):
    """comm_info_reply lists the open comms."""
    result = shared.collect(shared.send("comm_info_request", {}))
    assert result.reply["msg_type"] == "comm_info_reply"
    assert result.status == "ok"
    assert result.content["comms"] == {} or isinstance(result.content["comms"], dict)


def test_error(shared, say):
    """A cell that is no code is an error, in the reply and on iopub, in the same words."""
    result = shared.run(say.syntax_error)
    assert result.status == "error"
    (told,) = result.of("error")
    for name in ("ename", "evalue", "traceback"):
        assert told["content"][name] == result.content[name]


def test_display_data(shared, say):
    """A cell can display HTML."""
    shown = shared.run(say.display).of("display_data")
    assert shown and shown[0]["content"]["data"]["text/html"] == "<b>bold</b>"


def test_update_display_data(shared, say):
    """What was displayed can be replaced under its display_id."""
    result = shared.run(say.update)
    shown, updated = result.of("display_data"), result.of("update_display_data")
    assert shown and updated
    assert shown[0]["content"]["transient"]["display_id"] == updated[0]["content"]["transient"]["display_id"]


def test_execute_result(shared, say):
    """The value of the last expression is the result, with the cell's number."""
    result = shared.run(say.expression)
    (shown,) = result.of("execute_result")
    assert shown["content"]["data"]["text/plain"].strip("\x1b[0123456789m") in ("42", "")
    assert "42" in shown["content"]["data"]["text/plain"]
    assert shown["content"]["execution_count"] == result.content["execution_count"]


def test_rich_result(shared, say):
    """A value that knows its HTML shows as HTML."""
    (shown,) = shared.run(say.rich).of("execute_result")
    assert shown["content"]["data"]["text/html"] == "<b>rich</b>"


def test_stdin(shared, say):
    """A cell can ask for a line of text."""
    id = shared.execute(say.input, allow_stdin=True)
    requests = shared.until(lambda: shared.arrived[id]["stdin"], 10, "input_request")
    assert requests[0]["content"]["prompt"].startswith("Enter:")
    assert requests[0]["content"]["password"] is False
    shared.send("input_reply", {"value": "an answer", "status": "ok"}, "stdin", parent=requests[0])
    result = shared.collect(id, 10)
    assert result.status == "ok"
    assert "an answer" in result.stdout


def test_comms(shared, say):
    """A comm to an unknown target is closed, and the kernel goes on."""
    id = shared.send("comm_open", {"comm_id": "nobody", "target_name": "acceptance.nobody", "data": {}})
    shared.until(lambda: shared.messages(id, "comm_close") or shared._idle(id), 5, "comm_close or idle")
    shared.send("comm_close", {"comm_id": "nobody", "data": {}})
    assert shared.run(say.assignment).status == "ok"
    assert "nobody" not in shared.ask("comm_info_request")["comms"]


def test_interrupt(kernel, say):
    """An endless cell ends on interrupt_request, which is answered, and the kernel goes on."""
    id = kernel.execute(say.endless)
    kernel.until(lambda: kernel.messages(id, "status"), 10, "the busy status")
    kernel.pump(0.5)
    assert kernel.ask("interrupt_request", channel="control")["status"] == "ok"
    assert kernel.collect(id, 10).status == "error"
    assert "42" in (kernel.run(say.expression).result or "")


def test_execution_count(shared, say):
    """The execution count grows by one with each cell."""
    first = shared.run(say.assignment).content["execution_count"]
    assert shared.run(say.assignment).content["execution_count"] == first + 1


def test_parent_header(shared, say):
    """Every message names the request that it belongs to."""
    shared.strays.clear()
    id = shared.execute(say.hello)
    result = shared.collect(id)
    assert result.reply["parent_header"]["msg_id"] == id
    assert all(m["parent_header"]["session"] == shared.session.session for m in result.messages)
    assert [m["msg_type"] for m in shared.strays if m["msg_type"] != "iopub_welcome"] == []


def test_shutdown(kernel_name, folder):
    """shutdown_request is answered, and the kernel's process ends by itself."""
    with Kernel(kernel_name, cwd=folder) as kernel:
        reply = kernel.ask("shutdown_request", {"restart": False}, channel="control")
        assert reply["status"] == "ok"
        assert reply["restart"] is False
        deadline = time.monotonic() + 5
        while kernel.alive and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not kernel.alive, "the process is still there after 5 s"
