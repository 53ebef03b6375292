"""What goes wrong, and what is too much: the kernel answers afterwards, loses nothing it confirmed, and says what happened.

ACCEPTANCE_SECONDS sets how long the flood of comm messages lasts, 10 unless told.
"""

import contextlib
import json
import os
import subprocess
import time

import pytest
import zmq
from jupyter_client.session import Session
from kernel_client import plain

pytestmark = [pytest.mark.usefixtures("only_ours"), pytest.mark.timeout(300)]

SECONDS = float(os.environ.get("ACCEPTANCE_SECONDS", "10"))


def check_answers(kernel, timeout=30):
    result = kernel.run("1 + 1", timeout)
    assert (result.status, result.result) == ("ok", "2"), result.error


def test_many_lines(kernel, tell):
    """100,000 lines arrive, all of them, in order, and the idle status after them."""
    began = time.monotonic()
    result = kernel.run("for (let i = 0; i < 100_000; i++) console.log(`line ${i}`);", timeout=120)
    assert result.stdout == "".join(f"line {i}\n" for i in range(100_000))
    tell(f"{len(result.of('stream'))} messages in {time.monotonic() - began:.1f} s")
    check_answers(kernel)


def test_both_streams(kernel):
    """Lines on stdout and stderr in turns keep their order."""
    result = kernel.run("for (let i = 0; i < 500; i++) { console.log(`o${i}`); console.error(`e${i}`); }")
    assert result.text().split() == [f"{stream}{i}" for i in range(500) for stream in "oe"]


def test_large_display(kernel, tell):
    """A display of 50 MB arrives whole."""
    began = time.monotonic()
    result = kernel.run("display({ 'text/plain': 'big', 'text/html': 'x'.repeat(50_000_000) });", timeout=120)
    assert result.status == "ok", result.error
    (shown,) = result.of("display_data")
    assert len(shown["content"]["data"]["text/html"]) == 50_000_000
    tell(f"{time.monotonic() - began:.1f} s")
    check_answers(kernel)


def test_large_value(kernel):
    """A huge value as a result is cut to what a page can show, and says so or is short."""
    result = kernel.run("Array.from({ length: 3_000_000 }, (_, i) => i)")
    assert result.status == "ok", result.error
    assert sum(len(json.dumps(m["content"])) for m in result.messages) < 2_000_000
    result = kernel.run("'y'.repeat(20_000_000)")
    assert result.status == "ok", result.error
    assert sum(len(json.dumps(m["content"])) for m in result.messages) < 2_000_000


ECHO = """
const symbol = Symbol.for("vitlab.kernel");
const running = (globalThis as any)[symbol];
let received = 0;
running.registerCommTarget("echo", (comm: any, opened: any) => {
  comm.onMessage((message: any) => {
    received++;
    comm.send({ echo: message.data }, { buffers: message.buffers, metadata: { back: message.metadata.out } });
  });
  comm.send({ hello: opened.data });
});
"""


def open_echo(kernel, id="echo-1"):
    made = kernel.run(ECHO)
    assert made.status == "ok", made.error
    request = kernel.send("comm_open", {"comm_id": id, "target_name": "echo", "data": {"from": "test"}})
    return kernel.until(lambda: kernel.messages(request, "comm_msg"), 10, "the greeting")


def test_comm_echo(kernel):
    """A comm carries data, metadata and binary buffers both ways, is listed while it is open, and closes."""
    (greeting,) = open_echo(kernel)
    assert greeting["content"] == {"comm_id": "echo-1", "data": {"hello": {"from": "test"}}}
    buffers = [b"", b"\x00\x01\xff", os.urandom(100_000)]
    id = kernel.send("comm_msg", {"comm_id": "echo-1", "data": {"n": 1}}, buffers=buffers, metadata={"out": "x"})
    (answer,) = kernel.until(lambda: kernel.messages(id, "comm_msg"), 10, "the echo")
    assert answer["content"]["data"] == {"echo": {"n": 1}}
    assert answer["metadata"] == {"back": "x"}
    assert [bytes(buffer) for buffer in answer["buffers"]] == buffers
    assert kernel.ask("comm_info_request")["comms"] == {"echo-1": {"target_name": "echo"}}
    assert kernel.ask("comm_info_request", {"target_name": "other"})["comms"] == {}
    kernel.send("comm_close", {"comm_id": "echo-1", "data": {}})
    assert kernel.ask("comm_info_request")["comms"] == {}


def test_a_cell_that_runs_again(kernel):
    """What a cell left for its end is called when the front end runs it again, or says that it is gone."""
    listens = "(globalThis as any)[Symbol.for('vitlab.kernel')].onRerun(() => console.log('over'));"

    def run(code, **metadata):
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        return kernel.collect(kernel.send("execute_request", content, metadata=metadata)).stdout

    assert run(listens, cellId="a") == ""
    assert run("console.log('other')", cellId="b") == "other\n"
    assert run(listens, cellId="a") == "over\n"
    assert run("1;", cellId="b", deletedCells=["a"]) == "over\n"
    assert run(listens) + run(listens) == ""


LISTENING = """
const running = (globalThis as any)[Symbol.for("vitlab.kernel")];
const nap = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const heard: unknown[] = [];
const button = running.openComm("button", {}, { commId: "button" });
button.onMessage(({ data }: any) => { heard.push(data); console.log("heard", data); button.send({ echo: data }); });
button.onMessage(async ({ data }: any) => { await nap(20); console.log("later", data); });
"""


def test_comms_beside_cells(kernel):
    """Messages of widgets are handled while a cell awaits, however many cells wait behind it, each under its own name."""
    opening = kernel.execute(LISTENING)
    waiting = kernel.execute("console.log('waits'); while (!heard.includes('stop')) await nap(10); [...heard]")
    queued = [kernel.execute(f"console.log('cell {i}'); {i}") for i in range(3)]
    kernel.until(lambda: kernel.messages(waiting, "stream"), 20, "the start of the cell that waits")
    clicks = [kernel.send("comm_msg", {"comm_id": "button", "data": data}) for data in (1, 2, 3)]
    for data, id in enumerate(clicks, start=1):
        kernel.until(lambda id=id: kernel._idle(id), 5, "the idle status of a click")
        kernel.until(lambda id=id: "later" in texts(kernel, id), 5, "what an asynchronous handler prints")
        assert texts(kernel, id) == f"heard {data}\nlater {data}\n"
        (echo,) = kernel.messages(id, "comm_msg")
        assert echo["content"] == {"comm_id": "button", "data": {"echo": data}}
        states = [m["content"]["execution_state"] for m in kernel.messages(id, "status")]
        assert states == ["busy", "idle"]
    assert kernel._reply(waiting) is None, "the cell ended before it was told to"
    kernel.send("comm_msg", {"comm_id": "button", "data": "stop"})
    result = kernel.collect(waiting, 5)
    assert (result.stdout, result.result) == ("waits\n", "[ 1, 2, 3, 'stop' ]")
    assert [kernel.collect(id, 20).result for id in queued] == ["0", "1", "2"]
    assert kernel.collect(opening).status == "ok"


def test_comms_that_a_cell_has_yet_to_open(kernel):
    """A message to a comm or a target that a queued cell has yet to make waits for that cell, and no longer."""
    first = kernel.execute("const nap = (ms: number) => new Promise((r) => setTimeout(r, ms)); await nap(300);")
    registering = kernel.execute(ECHO + "await nap(300); let stop = false;")
    opened = kernel.send("comm_open", {"comm_id": "mine", "target_name": "echo", "data": 1})
    sent = [kernel.send("comm_msg", {"comm_id": "mine", "data": data}) for data in (1, 2)]
    nobody = kernel.send("comm_open", {"comm_id": "none", "target_name": "nobody", "data": 1})
    kernel.until(lambda: kernel._idle(sent[1]), 20, "the echo")
    assert kernel._reply(first) and kernel._reply(registering) is None
    (greeting,) = kernel.messages(opened, "comm_msg")
    assert greeting["content"]["data"] == {"hello": 1}
    assert [kernel.messages(id, "comm_msg")[0]["content"]["data"] for id in sent] == [{"echo": 1}, {"echo": 2}]
    assert not kernel.messages(nobody)
    (closed,) = kernel.until(lambda: kernel.messages(nobody, "comm_close"), 10, "the end of what nobody opens")
    assert closed["content"]["comm_id"] == "none"
    assert kernel._reply(registering)


def texts(kernel, id):
    return "".join(m["content"]["text"] for m in kernel.messages(id, "stream"))


def test_comm_flood(kernel, tell):
    """1,000 comm messages a second with buffers: each is echoed, none is lost, none changed."""
    open_echo(kernel)
    wanted = int(1000 * SECONDS)
    ids = []
    began = time.monotonic()
    for number in range(wanted):
        # At the pace that is asked for; the kernel's answers are taken in meanwhile.
        ahead = number / 1000 - (time.monotonic() - began)
        kernel.pump(max(ahead, 0)) if ahead > 0.002 else None
        ids.append(
            kernel.send("comm_msg", {"comm_id": "echo-1", "data": number}, buffers=[number.to_bytes(4, "little") * 64])
        )
        if number % 50 == 0:
            kernel.pump(0.0005)
    sent = time.monotonic() - began
    kernel.until(lambda: kernel._idle(ids[-1]), 120, "the last idle")
    took = time.monotonic() - began
    for number, id in enumerate(ids):
        (answer,) = kernel.messages(id, "comm_msg")
        assert answer["content"]["data"] == {"echo": number}
        assert bytes(answer["buffers"][0]) == number.to_bytes(4, "little") * 64
    assert kernel.run("received").result.replace("_", "") == str(wanted)
    tell(f"{wanted} sent in {sent:.1f} s, all back after {took:.1f} s")


def test_half_an_emoji(kernel):
    """Half a surrogate pair leaves the kernel as U+FFFD, wherever it is, and every message can be written as UTF-8."""
    half, mark = "'👍 good'.slice(0, 1)", "\ufffd"

    def run(code, **options):
        result = kernel.run(code, **options)
        json.dumps([m["content"] for m in [result.reply, *result.messages]], ensure_ascii=False).encode()
        return result

    assert run(f"console.log({half}); console.error({half});").text() == f"{mark}\n{mark}\n"
    (shown,) = run(f"display({{ 'text/html': '<b>' + {half}, 'application/json': {{ [{half}]: [{half}] }} }})").bundles
    assert shown["text/html"] == f"<b>{mark}"
    assert shown["application/json"] == {mark: [mark]}
    assert mark in run(f"[{{ label: {half} }}, {{ label: 'b' }}]").bundles[0]["text/html"]
    assert run("'\\\\ud83d'").bundles[0]["text/plain"] == "'\\\\ud83d'"
    assert mark in run(f"throw new Error({half})").content["evalue"]
    (opened,) = run(LISTENING + f"running.openComm('half', {{ [{half}]: {half} }}); void 0").of("comm_open")[1:]
    assert opened["content"]["data"] == {mark: mark}
    # As a client can send it, too: in JSON, an escape.
    content = b'{"code": "\'\\ud83d\'", "silent": false, "store_history": true}'
    head = header(kernel, "execute_request")
    raw(kernel, *signed(kernel, json.dumps(head).encode(), b"{}", b"{}", content))
    echoed = kernel.until(lambda: kernel.messages(head["msg_id"], "execute_input"), 10, "execute_input")
    assert echoed[0]["content"]["code"] == f"'{mark}'"
    kernel.until(lambda: kernel._idle(head["msg_id"]), 10, "the idle status")
    assert kernel.history(hist_access_type="tail", n=1)[0][2] == f"'{mark}'"


def test_many_cells(kernel, tell):
    """500 cells in a row give 500 answers, in order, each with its number."""
    began = time.monotonic()
    ids = [kernel.execute(f"const cell{i}: number = {i}; cell{i} + 1") for i in range(500)]
    kernel.collect(ids[-1], 240)
    results = [kernel.collect(id, 5) for id in ids]
    assert [result.result for result in results] == [str(i + 1) for i in range(500)]
    assert [result.content["execution_count"] for result in results] == list(range(1, 501))
    assert kernel.run("cell0 + cell499").result == "499"
    tell(f"{(time.monotonic() - began) * 2:.0f} ms a cell")


def test_two_clients(kernel):
    """Two clients at once get each their own replies, see each other's cells, and share the variables."""
    other = kernel.another_client()
    try:
        mine = [
            kernel.execute(f"globalThis.count = ((globalThis as any).count ?? 0) + 1; 'mine {i}'") for i in range(20)
        ]
        theirs = [
            other.execute(f"globalThis.count = ((globalThis as any).count ?? 0) + 1; 'theirs {i}'") for i in range(20)
        ]
        assert [kernel.collect(id, 60).result for id in mine] == [f"'mine {i}'" for i in range(20)]
        assert [other.collect(id, 60).result for id in theirs] == [f"'theirs {i}'" for i in range(20)]
        assert kernel.run("(globalThis as any).count").result == "40"
        kernel.pump(0.3)
        seen = [m["content"]["code"] for id in theirs for m in kernel.messages(id, "execute_input")]
        assert len(seen) == 20, "the first client did not see the second one's cells"
        failing, waiting, unharmed = kernel.execute("throw 1"), kernel.execute("2"), other.execute("3")
        assert kernel.collect(failing).status == "error"
        assert kernel.collect(waiting).status == "aborted"
        assert other.collect(unharmed).result == "3", "an error of one client aborted the cell of another"
    finally:
        other.close()


def test_two_clients_of_one_session(kernel):
    """A second client that the kernel's manager makes, of the same session, gets its answers."""
    second = kernel.manager.client()
    second.start_channels()
    try:
        second.wait_for_ready(timeout=10)
        reply = second.execute_interactive("6 * 7", timeout=10)
        assert reply["content"]["status"] == "ok"
    finally:
        second.stop_channels()


def test_usage(kernel):
    """usage_request tells what the kernel's processes take, as ipykernel does."""
    loop = "{ const end = Date.now() + 400; while (Date.now() < end); } void 0"
    kernel.ask("usage_request", channel="control")
    assert kernel.run(loop).status == "ok"
    usage = kernel.ask("usage_request", channel="control")
    assert usage["pid"] == kernel.manager.provisioner.process.pid
    assert usage["hostname"]
    assert usage["kernel_cpu"] > 5
    assert 50e6 < usage["kernel_memory"] < 2e9
    assert usage["cpu_count"] >= 1
    assert 0 <= usage["host_cpu_percent"] <= 100
    memory = usage["host_virtual_memory"]
    assert 0 < memory["available"] < memory["total"]
    assert 0 < memory["percent"] < 100


def test_welcome_for_everyone(shared):
    """A second subscriber of iopub is greeted, too: iopub_welcome tells it from when on it hears everything."""
    info = shared.manager.get_connection_info()
    second = zmq.Context.instance().socket(zmq.SUB)
    second.linger = 0
    second.subscribe(b"")
    second.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
    try:
        assert second.poll(3000), "no message"
        # A session of its own: the greeting reaches the first client as well, and a session takes a message once.
        _, message = Session(key=shared.session.key).recv(second)
        assert message["msg_type"] == "iopub_welcome"
        assert not message["parent_header"]
    finally:
        second.close()


def raw(kernel, *frames, channel="shell"):
    """Sends frames as they are."""
    kernel.sockets[channel].send_multipart(list(frames))


def signed(kernel, header, parent=b"{}", metadata=b"{}", content=b"{}", *buffers):
    parts = [header if isinstance(header, bytes) else json.dumps(header).encode(), parent, metadata, content]
    return [b"<IDS|MSG>", kernel.session.sign(parts), *parts, *buffers]


def header(kernel, type="kernel_info_request", **fields):
    return {**kernel.session.msg_header(type), "date": "2026-01-01T00:00:00Z", **fields}


def malformed(kernel):
    good = signed(kernel, header(kernel))
    executes = json.dumps(header(kernel, "execute_request")).encode()
    return {
        "nothing": [b""],
        "garbage": [b"garbage"],
        "binary garbage": [os.urandom(64), os.urandom(64)],
        "no delimiter": good[1:],
        "only the delimiter": [b"<IDS|MSG>"],
        "too few frames": good[:4],
        "wrong signature": [good[0], b"0" * 64, *good[2:]],
        "short signature": [good[0], b"abc", *good[2:]],
        "empty signature": [good[0], b"", *good[2:]],
        "signature that is no text": [good[0], b"\xff\xfe" * 32, *good[2:]],
        "changed content": [*good[:5], b'{"a": 1}'],
        "header that is no JSON": signed(kernel, b"{"),
        "header that is no text": signed(kernel, b"\xff\xfe\x00"),
        "header that is null": signed(kernel, b"null"),
        "header that is a list": signed(kernel, b"[]"),
        "header without fields": signed(kernel, {}),
        "header with numbers": signed(kernel, {"msg_id": 1, "msg_type": 2, "session": 3, "username": 4}),
        "content that is no JSON": signed(kernel, header(kernel), b"{}", b"{}", b"{"),
        "content that is null": signed(kernel, executes, b"{}", b"{}", b"null"),
        "content that is a list": signed(kernel, executes, b"{}", b"{}", b"[]"),
        "parent that is null": signed(kernel, header(kernel), b"null"),
        "metadata that is a number": signed(kernel, header(kernel), b"{}", b"1"),
        "unknown type": signed(kernel, header(kernel, "no_such_request")),
        "type like a property": signed(kernel, header(kernel, "__proto__")),
        "type like a method": signed(kernel, header(kernel, "constructor")),
        "unexpected buffers": signed(kernel, header(kernel), b"{}", b"{}", b"{}", b"\x00" * 1000, b""),
        "code that is a number": signed(kernel, executes, b"{}", b"{}", b'{"code": 5}'),
        "complete without fields": signed(kernel, header(kernel, "complete_request")),
        "complete with a wild cursor": signed(
            kernel, header(kernel, "complete_request"), b"{}", b"{}", b'{"code": "a", "cursor_pos": -99999}'
        ),
        "inspect with a wild cursor": signed(
            kernel, header(kernel, "inspect_request"), b"{}", b"{}", b'{"code": "a", "cursor_pos": 1e99}'
        ),
        "is_complete without fields": signed(kernel, header(kernel, "is_complete_request")),
        "history without fields": signed(kernel, header(kernel, "history_request")),
        "history with a wild pattern": signed(
            kernel,
            header(kernel, "history_request"),
            b"{}",
            b"{}",
            b'{"hist_access_type": "search", "pattern": "((([*?"}',
        ),
        "comm_open without fields": signed(kernel, header(kernel, "comm_open")),
        "comm_msg to nobody": signed(
            kernel, header(kernel, "comm_msg"), b"{}", b"{}", b'{"comm_id": "gone", "data": 1}'
        ),
        "comm_close without fields": signed(kernel, header(kernel, "comm_close")),
        "answer that nobody asked for": signed(kernel, header(kernel, "input_reply"), b"{}", b"{}", b'{"value": 1}'),
    }


@pytest.mark.parametrize("channel", ["shell", "control", "stdin"])
def test_malformed_messages(shared, channel):
    """Malformed and wrongly signed messages are passed over, on each channel."""
    shared.run("const before = 'still here';")
    for name, frames in malformed(shared).items():
        raw(shared, *frames, channel=channel)
        assert shared.ask("kernel_info_request", timeout=10)["status"] == "ok", name
        assert shared.ask("kernel_info_request", channel="control", timeout=10)["status"] == "ok", name
    assert shared.alive
    assert shared.run("before").result == "'still here'"


def test_wrong_signature_runs_nothing(shared):
    """Code under a wrong signature does not run."""
    content = json.dumps({"code": "globalThis.intruder = 1", "silent": False}).encode()
    frames = signed(shared, header(shared, "execute_request"), b"{}", b"{}", content)
    raw(shared, frames[0], b"f" * 64, *frames[2:])
    shared.pump(0.3)
    assert shared.run("'intruder' in globalThis").result == "false"


def test_repeated_message(shared):
    """A message that comes a second time, signature and all, does not run again."""
    content = json.dumps({"code": "globalThis.times = ((globalThis as any).times ?? 0) + 1", "silent": False}).encode()
    frames = signed(shared, header(shared, "execute_request"), b"{}", b"{}", content)
    raw(shared, *frames)
    raw(shared, *frames)
    shared.pump(0.5)
    assert shared.run("(globalThis as any).times").result == "1"


def test_stranger_on_the_port(kernel):
    """Something that speaks no ZMQ at all connects to every port; the kernel goes on."""
    import socket

    info = kernel.manager.get_connection_info()
    for name in ("shell", "control", "stdin", "iopub", "hb"):
        with socket.create_connection((info["ip"], info[f"{name}_port"]), timeout=5) as stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + os.urandom(2000))
    kernel.pump(0.3)
    check_answers(kernel)


DEATHS = {
    "process.exit": "process.exit(3);",
    "exit after await": "await new Promise((resolve) => setTimeout(resolve, 20)); process.exit(0);",
    "segfault": "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});",
    "abort": "process.abort();",
    "killed": "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
}


@pytest.mark.parametrize("death", DEATHS)
def test_death(shared, death):
    """A cell that ends its process: what it printed arrives, the error says what happened, the next cell runs."""
    assert shared.run("const mine = 1;").status == "ok"
    began = time.monotonic()
    result = shared.run(f"console.log('last words');\n{DEATHS[death]}", timeout=30)
    assert result.stdout == "last words\n"
    assert result.status == "error"
    assert result.of("error"), "nothing on iopub says so"
    assert "variables" in result.error, f"the error does not say that the variables are gone: {result.error}"
    check_answers(shared)
    assert time.monotonic() - began < 20
    gone = shared.run("mine")
    assert gone.status == "error" and "mine" in gone.error, "the type checker believes in a variable that is gone"
    assert shared.alive


def test_death_between_cells(shared):
    """A process that dies while no cell runs: the user is told, the next cell runs."""
    id = shared.execute("setTimeout(() => process.exit(9), 300); 'done'")
    assert shared.collect(id).result == "'done'"
    shared.pump(1.0)
    assert "variables" in texts_of(shared, id), f"nobody was told: {texts_of(shared, id)!r}"
    check_answers(shared)


def texts_of(kernel, id):
    return "".join(
        plain(m["content"]["text"])
        for m in [*kernel.messages(id, "stream"), *kernel.strays]
        if m["msg_type"] == "stream"
    )


def kill_compilers(kernel):
    import psutil

    for process in psutil.Process(kernel.manager.provisioner.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if any("compiler" in word for word in process.cmdline()):
                process.kill()


def test_killed_compiler(kernel):
    """A compiler that is killed, once while idle or many times before it is ready, is replaced; the next cell runs."""
    kernel.run("const before = 41;")
    kill_compilers(kernel)
    assert kernel.run("before + 1").result == "42"
    for _ in range(12):
        kill_compilers(kernel)
        time.sleep(0.03)
    check_answers(kernel, 20)


def test_snapshot_in_the_way(start, tmp_path):
    """Where the compiler's snapshot is something that can neither be started nor removed, the kernel starts without."""
    kernel = start()
    main = kernel.manager.kernel_spec.argv[1]
    node = kernel.manager.kernel_spec.argv[0]
    module = os.path.join(os.path.dirname(os.path.dirname(main)), "compiler", "snapshot.js")
    env = {"VITLAB_CACHE": str(tmp_path)}
    ask = f"console.log(require({json.dumps(module)}).snapshotFile())"
    file = subprocess.run([node, "-e", ask], env={**os.environ, **env}, capture_output=True, text=True, check=True)
    os.makedirs(os.path.join(file.stdout.strip(), "full"))
    check_answers(start(env=env))


def test_removed_folder(start, tmp_path):
    """The notebook's folder is removed, and the process ends: a fresh one starts all the same."""
    home = tmp_path / "notebooks"
    home.mkdir()
    kernel = start(cwd=home)
    check_answers(kernel)
    home.rmdir()
    assert kernel.run("process.exit(0)", timeout=20).status == "error"
    check_answers(kernel)


def test_held_pipes(shared):
    """A process that a cell started and left behind does not delay the news that the cell's process ended."""
    began = time.monotonic()
    leave = "spawn('sleep', ['20'], { stdio: 'inherit', detached: true }).unref(); process.exit(1);"
    result = shared.run(f"import {{ spawn }} from 'node:child_process';\n{leave}", timeout=15)
    assert result.status == "error" and "process.exit(1)" in result.error
    assert time.monotonic() - began < 10
    check_answers(shared)


def test_expression_with_comment(shared):
    """A user expression may end in a comment."""
    answers = shared.run("1", user_expressions={"two": "1 + 1 // the sum"}).content["user_expressions"]
    assert answers["two"]["data"]["text/plain"] == "2"


def test_uncaught_errors(shared):
    """An error that no cell waits for, and a rejection that nobody handles, are told; the variables stay."""
    id = shared.execute(
        "const keep = 'kept'; setTimeout(() => { throw new Error('from a timer'); }, 50); void Promise.reject(new Error('unhandled one'));"
    )
    shared.collect(id)
    shared.pump(0.6)
    told = texts_of(shared, id)
    assert "from a timer" in told and "unhandled one" in told
    assert shared.run("keep").result == "'kept'"


def test_endless_recursion(shared):
    """Endless recursion is an error like any other."""
    result = shared.run("function deeper(): number { return deeper() + 1; }\ndeeper()")
    assert result.status == "error"
    assert result.content["ename"] == "RangeError"
    assert sum(len(line) for line in result.content["traceback"]) < 20_000
    check_answers(shared)


MEMORY = {
    "heap": "const a: number[][] = []; for (;;) a.push(new Array(1e6).fill(1));",
    "heap, asynchronously": "const a: number[][] = []; for (;;) { a.push(new Array(1e6).fill(1)); await new Promise((r) => setTimeout(r)); }",
    "strings": "let text = 'x'; const all: string[] = []; for (;;) { text += text + Math.random(); all.push(text.toUpperCase()); }",
}


@pytest.mark.parametrize("kind", MEMORY)
def test_out_of_memory(start, kind):
    """A cell that eats all memory of the heap ends with an error, which says so, and the kernel goes on."""
    kernel = start(env={"NODE_OPTIONS": "--max-old-space-size=256"})
    result = kernel.run(MEMORY[kind], timeout=120)
    assert result.status == "error"
    assert any(word in result.error.lower() for word in ("memory", "heap", "string length")), result.error
    check_answers(kernel)


def test_out_of_memory_in_buffers(start):
    """A cell whose buffers exceed the machine is ended, and the kernel goes on."""
    import resource

    limit = 24 << 30

    # The limit of the kernel's processes, not of this one: they inherit it.
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min(limit, before[1]) if before[1] > 0 else limit, before[1]))
    try:
        kernel = start()
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
    # Never touched, so it costs the machine address space only.
    result = kernel.run("const all: ArrayBuffer[] = []; for (;;) all.push(new ArrayBuffer(1 << 30));", timeout=120)
    assert result.status == "error"
    assert any(word in result.error.lower() for word in ("memory", "allocation", "buffer")), result.error
    check_answers(kernel)


def test_endless_printing(kernel):
    """An endless loop of printing is interrupted, does not fill the memory, and the kernel answers soon."""
    id = kernel.execute("for (let i = 0; ; i++) console.log('filling the screen', i);")
    kernel.until(lambda: kernel.messages(id, "stream"), 20, "the first output")
    time.sleep(3)
    began = time.monotonic()
    kernel.interrupt()
    result = kernel.collect(id, 60)
    assert result.content["ename"] == "KeyboardInterrupt"
    check_answers(kernel)
    assert time.monotonic() - began < 30


def test_slow_reader(kernel):
    """A client that never reads its messages does not stop the others."""
    info = kernel.manager.get_connection_info()
    deaf = zmq.Context.instance().socket(zmq.SUB)
    deaf.rcvhwm = 1
    deaf.linger = 0
    deaf.subscribe(b"")
    deaf.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
    try:
        time.sleep(0.2)
        result = kernel.run("for (let i = 0; i < 20_000; i++) console.log('x'.repeat(200));", timeout=60)
        assert len(result.stdout) == 20_000 * 201
        check_answers(kernel)
    finally:
        deaf.close()


def test_restart(kernel):
    """A restart gives a fresh kernel: no variables, counting from 1, while a cell was running."""
    kernel.run("const old = 1;")
    kernel.execute("while (true) {}")
    kernel.pump(0.3)
    kernel.restart()
    result = kernel.run("typeof old")
    assert result.content["execution_count"] == 1
    assert result.status == "error" or result.result == "'undefined'"


def test_nothing_stays_behind(start):
    """When the kernel's process is killed, the processes it started end by themselves."""
    import psutil

    kernel = start()
    kernel.run("1")
    kernel.execute("while (true) {}")
    kernel.pump(0.5)
    family = psutil.Process(kernel.manager.provisioner.pid).children(recursive=True)
    assert family, "the kernel runs cells in its own process"
    psutil.Process(kernel.manager.provisioner.pid).kill()
    _, left = psutil.wait_procs(family, timeout=5)
    assert not left, f"{left} are still there"
