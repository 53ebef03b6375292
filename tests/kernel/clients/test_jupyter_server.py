import pytest
from conftest import read
from conftest import said as said_in
from server import said


@pytest.fixture
def server(serve, folder):
    command = lambda port, token: (
        "jupyter", "server", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
    )  # fmt: skip
    return serve(command, ready="/api/status")


@pytest.fixture
def kernel_id(server, kernel_name):
    return server.ask("/api/kernels", {"name": kernel_name})["id"]


@pytest.mark.client("jupyter-server")
def test_execute(server, kernel_id, dialect):
    """a cell is executed over its websocket"""
    assert said(server.channels(kernel_id).run(dialect.expression)) == "42"


@pytest.mark.client("jupyter-server")
def test_two_pages(server, kernel_id, phrases):
    """a page that is opened again finds the variables"""
    first = server.channels(kernel_id)
    first.run(phrases.base)
    first.close()
    assert said(server.channels(kernel_id).run(phrases.twice)) == "twice is 40"


@pytest.mark.client("jupyter-server")
def test_interrupt(server, kernel_id, phrases):
    """Interrupt ends a loop, and the variables stay"""
    channels = server.channels(kernel_id)
    channels.run(phrases.base)
    loop = channels.start(phrases.begun)
    channels.until(loop, "stream")
    server.ask(f"/api/kernels/{kernel_id}/interrupt", {})
    channels.until(loop, "status", execution_state="idle")
    assert said(channels.run("base")) == "20"


@pytest.mark.client("jupyter-server")
def test_restart(server, kernel_id, phrases):
    """Restart forgets the variables"""
    channels = server.channels(kernel_id)
    channels.run(phrases.base)
    server.ask(f"/api/kernels/{kernel_id}/restart", {})
    channels.close()
    channels = server.channels(kernel_id)
    assert "base" in said(channels.run("base"))
    assert said(channels.run(phrases.base) + channels.run(phrases.twice)) == "twice is 40"


@pytest.mark.client("jupyter-server")
def test_shutdown(server, kernel_id):
    """a kernel is shut down"""
    server.ask(f"/api/kernels/{kernel_id}", method="DELETE")
    assert server.ask("/api/kernels") == []


@pytest.mark.client("jupyter-server")
def test_logo(server, kernel_name):
    """a launcher has the kernel's logo"""
    resources = server.ask("/api/kernelspecs")["kernelspecs"][kernel_name]["resources"]
    logo = resources.get("logo-svg") or resources.get("logo-64x64")
    assert logo, "the kernelspec has no logo"
    assert server.request(logo)[0] == 200


@pytest.mark.client("jupyter-server-nbmodel")
def test_without_a_page(server, kernel_id, dialect):
    """a cell is executed by a request, without a page"""
    _, headers, _ = server.request(f"/api/kernels/{kernel_id}/execute", {"code": dialect.expression})

    def over():
        status, _, text = server.request(headers["Location"])
        return status == 200 and text

    answer = server.until(over, "the answer")
    assert '"status": "ok"' in answer and "42" in answer


@pytest.mark.client("jupyter-collaboration", "jupyter-server-nbmodel")
def test_closed_page(server, notebook, kernel_name, phrases):
    """a cell runs on though its page is closed, and its output is in the file"""
    path = notebook(phrases.twice.replace("base", "20"))
    session = {"path": path.name, "name": path.name, "type": "notebook", "kernel": {"name": kernel_name}}
    kernel_id = server.ask("/api/sessions", session)["kernel"]["id"]
    opened = {"format": "json", "type": "notebook"}
    shared = server.ask(f"/api/collaboration/session/{path.name}", opened, method="PUT")
    room = f"json:notebook:{shared['fileId']}"
    page = server.websocket(f"/api/collaboration/room/{room}?sessionId={shared['sessionId']}")
    page.recv()
    source = {"code": phrases.twice.replace("base", "20"), "metadata": {"document_id": room, "cell_id": "cell-0"}}
    _, headers, _ = server.request(f"/api/kernels/{kernel_id}/execute", source)
    page.close()
    server.until(lambda: server.request(headers["Location"])[0] == 200, "the answer")
    server.until(lambda: said_in(read(path).cells[0]) == "twice is 40", "the output in the file")
