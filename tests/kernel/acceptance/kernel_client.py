"""A Jupyter client for tests: starts a kernel, sends requests, and sorts what comes back by the request it answers."""

import re
import time
from collections import defaultdict
from dataclasses import dataclass, field

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

CHANNELS = ("shell", "control", "stdin", "iopub")


class NoAnswer(Exception):
    """The kernel did not answer in time; the message says what is missing and what did arrive."""


@dataclass
class Result:
    """What one request led to: its reply and all messages on iopub between busy and idle."""

    reply: dict
    messages: list = field(default_factory=list)

    @property
    def status(self):
        return self.reply["content"]["status"]

    @property
    def content(self):
        return self.reply["content"]

    def of(self, *types):
        return [message for message in self.messages if message["msg_type"] in types]

    def text(self, *names):
        wanted = names or ("stdout", "stderr")
        return "".join(m["content"]["text"] for m in self.of("stream") if m["content"]["name"] in wanted)

    @property
    def stdout(self):
        return self.text("stdout")

    @property
    def stderr(self):
        return self.text("stderr")

    @property
    def result(self):
        """The text of the execute_result, or None."""
        found = self.of("execute_result")
        return found[0]["content"]["data"].get("text/plain") if found else None

    @property
    def bundles(self):
        return [m["content"]["data"] for m in self.of("display_data", "update_display_data", "execute_result")]

    @property
    def error(self):
        """`ename: evalue` and the traceback, without colors, as one text; empty where nothing failed."""
        if self.status != "error":
            return ""
        lines = [f"{self.content['ename']}: {self.content['evalue']}", *self.content.get("traceback", [])]
        return plain("\n".join(lines))


def plain(text):
    """`text` without ANSI colors."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def _greets(message):
    starting = message["msg_type"] == "status" and message["content"]["execution_state"] == "starting"
    return starting or message["msg_type"] in ("iopub_welcome", "shutdown_reply")


def _surplus_of(request, arrived):
    """What came too often for a request that is over, too early or too late."""
    type, content = request["header"]["msg_type"], request["content"]
    found = []
    replies = arrived["shell"] + arrived["control"]
    wanted = 1 if type.endswith("_request") else 0
    if len(replies) != wanted:
        found.append(f"{type}: {len(replies)} replies")
    reply = type.replace("_request", "_reply")
    found += [f"{type} is answered by {m['msg_type']}" for m in replies if m["msg_type"] != reply]
    states = [m["content"]["execution_state"] for m in arrived["iopub"] if m["msg_type"] == "status"]
    # A kernel at work may say again that it is, after it answered something else.
    if states[0] != "busy" or states[-1] != "idle" or states.count("idle") != 1:
        found.append(f"{type}: the states {states}")
    if type == "execute_request":
        for once in ("execute_input", "execute_result", "error"):
            count = sum(m["msg_type"] == once for m in arrived["iopub"])
            if count > 1 or (count and content.get("silent")):
                found.append(f"{type}: {count} times {once}")
    return found


class Kernel:
    """One running kernel and one client of it. Further clients of the same kernel: `another_client`."""

    def __init__(self, name, cwd=None, env=None, log=None, ready=True, **options):
        self.manager = KernelManager(kernel_name=name, **options)
        started = {"cwd": str(cwd)} if cwd else {}
        if env is not None:
            started["env"] = env
        if log is not None:
            started.update(stdout=log, stderr=log)
        self.manager.start_kernel(**started)
        self.owner = True
        try:
            self._connect()
            if ready:
                self.wait_for_ready()
        except BaseException:
            self.close()
            raise

    def _connect(self, client=None):
        self.client = client or self.manager.client()
        self.client.start_channels(hb=False)
        self.session = self.client.session
        self.sockets = {name: getattr(self.client, f"{name}_channel").socket for name in CHANNELS}
        # A slow test must not make ZMQ throw messages away.
        for socket in self.sockets.values():
            socket.rcvhwm = 0
        self.arrived = defaultdict(lambda: defaultdict(list))
        self.strays = []
        self.sent = {}
        self.poller = zmq.Poller()
        for socket in self.sockets.values():
            self.poller.register(socket, zmq.POLLIN)

    def another_client(self):
        """A second client of the same kernel, with a session of its own."""
        other = object.__new__(type(self))
        other.manager = self.manager
        other.owner = False
        # The manager's own client shares its session; a second one under the same name would be refused.
        client = BlockingKernelClient()
        client.load_connection_info(self.manager.get_connection_info())
        other._connect(client)
        other.wait_for_ready()
        return other

    def wait_for_ready(self, timeout=60):
        """Asks for kernel_info until an answer and its idle have come: then the iopub subscription is in effect, too."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            id = self.send("kernel_info_request", {})
            try:
                self.collect(id, timeout=1.0)
                break
            except NoAnswer:
                if not self.manager.has_kernel or not self.manager.is_alive():
                    raise NoAnswer("the kernel ended while it started") from None
        else:
            raise NoAnswer(f"no kernel_info_reply within {timeout} s")
        self.pump(0.05)
        # Asked before iopub was heard, or of the kernel before a restart as well: what came for these can be anything.
        self.sent.clear()

    # Requests

    def send(self, type, content, channel="shell", buffers=None, metadata=None, parent=None, subshell=None):
        """Sends a message, to a subshell where one is named, and returns its id."""
        message = self.session.msg(type, content, parent=parent, metadata=metadata)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.session.send(self.sockets[channel], message, buffers=buffers)
        self.sent[message["header"]["msg_id"]] = message
        return message["header"]["msg_id"]

    def execute(self, code, subshell=None, **options):
        """Sends an execute_request and returns its id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
            **options,
        }
        return self.send("execute_request", content, subshell=subshell)

    def run(self, code, timeout=60, **options):
        """Executes a cell to its end: the reply and the idle status."""
        return self.collect(self.execute(code, **options), timeout)

    def ask(self, type, content=None, channel="shell", timeout=30):
        """A request with a reply; returns the reply's content."""
        return self.collect(self.send(type, content or {}, channel), timeout, idle=False).content

    def complete(self, code, cursor=None):
        return self.ask("complete_request", {"code": code, "cursor_pos": len(code) if cursor is None else cursor})

    def inspect(self, code, cursor=None, detail=0):
        cursor = len(code) if cursor is None else cursor
        return self.ask("inspect_request", {"code": code, "cursor_pos": cursor, "detail_level": detail})

    def is_complete(self, code):
        return self.ask("is_complete_request", {"code": code})["status"]

    def history(self, **content):
        return self.ask("history_request", {"output": False, "raw": True, **content})["history"]

    def interrupt(self):
        """Interrupts as the kernelspec asks for: by message, then returns its id, or by signal."""
        if self.manager.kernel_spec.interrupt_mode == "message":
            return self.send("interrupt_request", {}, channel="control")
        self.manager.interrupt_kernel()
        return None

    def interrupted(self, code, after=0.3, timeout=15):
        """Runs `code`, interrupts it `after` seconds after it began; returns the result and the seconds it took to end."""
        id = self.execute(code)
        self.until(lambda: self.messages(id, "execute_input", "status"), 10, f"a sign of `{code[:40]}`")
        self.pump(after)
        began = time.monotonic()
        self.interrupt()
        self.collect(id, timeout, idle=False)
        took = time.monotonic() - began
        return self.collect(id, timeout), took

    # Messages

    def pump(self, seconds):
        """Takes in whatever arrives during `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._take(left)

    def until(self, condition, timeout, what):
        """Takes messages in until `condition()` is true and returns its value."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise NoAnswer(f"{what} did not come within {timeout} s")
            self._take(min(left, 0.5))
        return value

    def collect(self, id, timeout=60, idle=True):
        """The reply to request `id` and, with `idle`, everything on iopub up to its idle status."""

        def complete():
            return self._reply(id) is not None and (not idle or self._idle(id))

        try:
            self.until(complete, timeout, "")
        except NoAnswer:
            missing = [] if self._reply(id) else ["the reply"]
            missing += ["the idle status"] if idle and not self._idle(id) else []
            seen = [m["msg_type"] for m in self.messages(id)]
            told = f"{len(seen)} messages, the last of them {seen[-8:]}" if seen else "nothing"
            raise NoAnswer(f"{' and '.join(missing)} did not come within {timeout} s; {told} came") from None
        return Result(self._reply(id), self.messages(id))

    def messages(self, id, *types):
        """What has arrived on iopub for request `id`."""
        found = self.arrived[id]["iopub"]
        return [m for m in found if m["msg_type"] in types] if types else list(found)

    def _reply(self, id):
        return next(iter(self.arrived[id]["shell"] + self.arrived[id]["control"]), None)

    def _idle(self, id):
        found = self.arrived[id]["iopub"]
        # Late output of a timer may follow the idle status, but not by much.
        return any(m["msg_type"] == "status" and m["content"]["execution_state"] == "idle" for m in found[-50:])

    def _take(self, seconds):
        ready = dict(self.poller.poll(max(1, int(seconds * 1000))))
        for name, socket in self.sockets.items():
            if socket not in ready:
                continue
            # All that waits, but in turns: a flood on one channel must not hide another.
            for _ in range(1000):
                try:
                    _, message = self.session.recv(socket, mode=zmq.NOBLOCK)
                except zmq.Again:
                    break
                if message is None:
                    break
                parent = (message["parent_header"] or {}).get("msg_id")
                if parent is None:
                    self.strays.append(message)
                else:
                    self.arrived[parent][name].append(message)

    def surplus(self):
        """What came that no request asked for, or came twice, as sentences; forgets the requests that are over.

        In the manner of the dummy front end of posit-dev/ark: in the end every socket is empty.
        """
        found = [f"a stray {m['msg_type']}" for m in self.strays if not _greets(m)]
        for id, request in list(self.sent.items()):
            if not self._idle(id):
                continue
            del self.sent[id]
            found += _surplus_of(request, self.arrived[id])
        return found

    # The end

    def restart(self):
        self.manager.restart_kernel()
        self.wait_for_ready()

    @property
    def alive(self):
        return self.manager.is_alive()

    def close(self):
        if hasattr(self, "client"):
            self.client.stop_channels()
        if self.owner and self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
            self.manager.cleanup_resources()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
