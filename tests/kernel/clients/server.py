"""A web server of a client, on a port of its own, asked as a page would ask it."""

import json
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid

import websocket
from kernel_client import plain


class Server:
    def __init__(self, command, cwd, env, ready):
        """Starts `command(port, token)` and waits until it answers at `ready`."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.token = secrets.token_hex(16)
        self.address = f"127.0.0.1:{port}"
        self.log = cwd / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command(port, self.token), cwd=cwd, env=env, stdout=log, stderr=log)
        try:
            self._wait(ready)
        except BaseException:
            self.close()
            raise

    def _wait(self, ready, timeout=60):
        deadline = time.monotonic() + timeout
        while True:
            try:
                return self.ask(ready)
            except OSError as error:
                if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                    return None
                ended = self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise AssertionError(f"the server {'ended' if ended else 'is silent'}:\n{self.log.read_text()}") from None
                time.sleep(0.05)

    def request(self, path, body=None, method=None):
        """The answer to a request: its status, headers and text."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"http://{self.address}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except TimeoutError:
            raise TimeoutError(f"no answer at {path} within 20 s") from None

    def page(self, path):
        return self.request(path)[2]

    def ask(self, path, body=None, method=None):
        """What it answers, if that is JSON."""
        _, headers, text = self.request(path, body, method)
        return json.loads(text) if text and "json" in headers.get("Content-Type", "") else None

    def websocket(self, path):
        return websocket.create_connection(
            f"ws://{self.address}{path}", timeout=20, header=[f"Authorization: token {self.token}"]
        )

    def channels(self, kernel_id):
        return Channels(self.websocket(f"/api/kernels/{kernel_id}/channels"))

    def until(self, condition, what, timeout=60):
        """Asks again until `condition()` is true, and returns its value."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            assert time.monotonic() < deadline, f"{what} did not come within {timeout} s"
            time.sleep(0.1)
        return value

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Channels:
    """A kernel's channels over a websocket of the server."""

    def __init__(self, socket):
        self.socket = socket
        self.session = uuid.uuid4().hex

    def send(self, type, content, channel="shell"):
        id = uuid.uuid4().hex
        header = {"msg_id": id, "msg_type": type, "session": self.session, "username": "", "version": "5.3", "date": ""}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel, "buffers": []}
        self.socket.send(json.dumps(message))
        return id

    def until(self, id, type, **content):
        """The message of this type, with this in it, that answers request `id`, after all that came before it."""
        found = []
        while not (found and found[-1]["msg_type"] == type and content.items() <= found[-1]["content"].items()):
            message = json.loads(self.socket.recv())
            if (message["parent_header"] or {}).get("msg_id") == id:
                found.append(message)
        return found

    def start(self, code):
        options = {"silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True, "stop_on_error": True}
        return self.send("execute_request", {"code": code, **options})

    def run(self, code):
        """All that came on iopub for a cell."""
        return [m for m in self.until(self.start(code), "status", execution_state="idle") if m["channel"] == "iopub"]

    def close(self):
        self.socket.close()


def said(messages):
    """What a cell's messages print and show, as one text without colors. (Some kernels end a value with a new line.)"""
    texts = {"stream": lambda content: content["text"], "error": lambda content: f"{content['ename']}: {content['evalue']}"}
    shown = lambda content: content.get("data", {}).get("text/plain", "")
    return plain("".join(texts.get(m["msg_type"], shown)(m["content"]) for m in messages)).strip()
