#!/usr/bin/env bash
# Expected: a display that a cell updates by its id (a progress bar) ends as the last update, as in JupyterLab and nbclient.
# Seen: through jupyter-mcp-server, with Python's own kernel, the tool's answer and the notebook keep the first display.
# Versions: jupyter-mcp-server 2.2.4, jupyter-server-nbmodel 0.2.9, jupyter-collaboration 5.0.4, ipykernel 7.4.0, mcp 2.3.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check jupyter-mcp-server==2.2.4 mcp==2.3.0 \
  jupyterlab==4.6.6 jupyter-server==2.21.1 jupyter-server-nbmodel==0.2.9 jupyter-collaboration==5.0.4 \
  code-sandboxes==1.10.0 ipykernel==7.4.0
# The settings and kernels of this environment, whatever else the machine has.
export JUPYTER_PATH="$folder/env/share/jupyter" JUPYTER_CONFIG_DIR="$folder/config" JUPYTER_DATA_DIR="$folder/data"
mkdir notebooks
env/bin/python - <<'PROGRAM'
import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

CODE = """
from IPython.display import display, update_display
display({"text/plain": "begun"}, raw=True, display_id="progress")
update_display({"text/plain": "ended"}, raw=True, display_id="progress")
"""

folder = Path("notebooks").resolve()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
url, token = f"http://127.0.0.1:{port}", secrets.token_hex(16)


def ask(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers), timeout=30) as answer:
        return json.load(answer)


async def run():
    """The texts of the tool's answer, and those of the cell's outputs in the notebook."""
    env = {**os.environ, "JUPYTER_URL": url, "JUPYTER_TOKEN": token, "START_NEW_CODE_SANDBOX": "false"}
    server = StdioServerParameters(command="env/bin/jupyter-mcp-server", env=env)
    with open("server.log", "w") as log:
        async with stdio_client(server, errlog=log) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            await session.call_tool("use_notebook", {"notebook_name": "a", "notebook_path": "a.ipynb"})
            cell = {"cell_index": -1, "cell_type": "code", "cell_source": CODE}
            inserted = await session.call_tool("insert_cell", cell)
            index = int(inserted.content[0].text.split("at index ")[1].split()[0])
            answer = await session.call_tool("execute_cell", {"cell_index": index})
            notebook = json.loads((await session.read_resource("notebook://a")).contents[0].text)
    outputs = notebook["cells"][index]["outputs"]
    told = [part.text for part in answer.content if part.type == "text"]
    return [text for text in told if text in ("begun", "ended")], [each["data"]["text/plain"] for each in outputs]


spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
empty = {"cells": [], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
(folder / "a.ipynb").write_text(json.dumps(empty))
options = ["--no-browser", "--allow-root", f"--port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
with open("lab.log", "w") as log:
    lab = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log)
try:
    for _ in range(200):
        try:
            ask("/api/status")
            break
        except OSError:
            time.sleep(0.3)
    ask("/api/sessions", {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "python3"}})
    told, kept = asyncio.run(run())
finally:
    lab.terminate()
    lab.wait(30)
print(f"jupyter-mcp-server {version('jupyter-mcp-server')}: the tool tells {told}, the notebook has {kept}")
sys.exit(0 if (told, kept) == (["begun"], ["begun"]) else 1)
PROGRAM
