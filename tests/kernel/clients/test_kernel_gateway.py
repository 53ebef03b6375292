import pytest
from server import said

pytestmark = pytest.mark.client("jupyter-kernel-gateway")


@pytest.fixture
def gateway(serve):
    def start(*options):
        # Its name for the token that a client must show.
        token_option = "--KernelGatewayApp.auth_token"
        command = lambda port, token: (
            "jupyter", "kernelgateway", f"--port={port}", "--KernelGatewayApp.port_retries=0", f"{token_option}={token}", *options,
        )  # fmt: skip
        return serve(command, ready="/api")

    return start


def test_execute(gateway, kernel_name, dialect):
    """a cell is executed over its websocket"""
    server = gateway()
    channels = server.channels(server.ask("/api/kernels", {"name": kernel_name})["id"])
    assert said(channels.run(dialect.hello)) == "hello, world"
    assert said(channels.run(dialect.expression)) == "42"


def test_web_api(gateway, notebook, phrases, dialect):
    """a notebook answers as a web API"""
    path = notebook(phrases.request, phrases.greet)
    server = gateway(
        "--KernelGatewayApp.api=kernel_gateway.notebook_http",
        f"--KernelGatewayApp.seed_uri={path}",
        f"--NotebookHTTPPersonality.comment_prefix={dialect.language}={phrases.comment}",
    )
    assert server.page("/hello/Ada").strip() == "hello, Ada"
