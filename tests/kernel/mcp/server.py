"""A Jupyter server of its own, with a folder of notebooks, for as long as a `with` lasts."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

programs = Path(sys.executable).parent


class Jupyter:
    def __init__(self, folder, env):
        self.folder, self.env = folder, env
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.token = secrets.token_hex(16)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers), timeout=30) as answer:
            return json.load(answer)

    def open_notebook(self, path, kernel="vitlab"):
        """Makes an empty notebook and starts its kernel, as JupyterLab does where a person opens it."""
        spec = {"name": kernel, "display_name": "TypeScript (vitlab)", "language": "typescript"}
        empty = {"cells": [], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / path).write_text(json.dumps(empty))
        self.ask("/api/sessions", {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}})

    def add_kernel(self, name, **variables):
        """The kernel once more, under another name and with environment variables of its own."""
        installed = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "vitlab" / "kernel.json"
        spec = {**json.loads(installed.read_text()), "display_name": name, "env": variables}
        folder = self.folder / ".data" / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(spec))


@contextmanager
def jupyter(**variables):
    """Starts JupyterLab as the recipe says, with these environment variables, away from the user's own settings."""
    with tempfile.TemporaryDirectory(prefix="vitlab-mcp-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER") and key != "NO_COLOR"}
        private = {f"JUPYTER_{kind}_DIR": str(folder / f".{kind.lower()}") for kind in ("CONFIG", "DATA", "RUNTIME")}
        path = os.pathsep.join([str(programs), kept.get("PATH", "")])
        history = str(folder / ".history.jsonl")
        server = Jupyter(folder, {**kept, **private, **variables, "PATH": path, "VITLAB_HISTORY": history})
        port = server.url.rsplit(":", 1)[1]
        options = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={server.token}"]
        options += [f"--ServerApp.root_dir={folder}", "--ServerApp.port_retries=0"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--allow-root")
        with open(folder / ".log", "w+") as log:
            command = [sys.executable, "-m", "jupyterlab", *options]
            process = subprocess.Popen(command, cwd=folder, env=server.env, stdout=log, stderr=subprocess.STDOUT)
            try:
                _wait(server, process, folder / ".log")
                yield server
            finally:
                process.terminate()
                process.wait(30)


def _wait(server, process, log):
    for _ in range(300):
        try:
            return server.ask("/api/status")
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
