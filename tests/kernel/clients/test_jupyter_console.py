import re

import pytest

pytestmark = pytest.mark.client("jupyter-console")


@pytest.fixture
def console(terminal, kernel_name):
    def start():
        options = ["--ZMQTerminalInteractiveShell.banner=", "--JupyterConsoleApp.confirm_exit=False"]
        started = terminal("jupyter", "console", f"--kernel={kernel_name}", *options)
        started.until(r"In \[1\]:")
        return started

    return start


def test_result(console, dialect):
    """a result is shown"""
    screen = console()
    screen.type(f"{dialect.expression}\r")
    screen.until(r"Out\[1\]: 42$")


def test_tab(console, phrases):
    """Tab completes a member"""
    screen = console()
    screen.type(f"{phrases.half}\t")
    screen.until(rf"In \[1\]: {phrases.whole}")
    screen.type(f"{phrases.called}\r")
    screen.until(r"Out\[1\]: '?A'?")


def test_block(console, phrases):
    """Enter in the middle of a block starts its next line"""
    screen = console()
    for line in phrases.block:
        screen.type(line)
        screen.until(rf"(?:In \[1\]|\.\.\.): +{re.escape(line)}")
        screen.type("\r")
    screen.until("44$")


def test_cell_magic(console, kernel_name):
    """`%%bash` waits for its body"""
    if kernel_name in ("tslab", "deno"):
        pytest.skip("the kernel has no %%bash")
    screen = console()
    screen.type("%%bash\r")
    screen.until(r"\.\.\.:")
    # Two more Enters: an empty line is the end of the body, as in IPython.
    for keys in ("echo $((6 * 7))\r", "\r", "\r"):
        screen.type(keys)
    screen.until("42$")


def test_interrupt(console, phrases):
    """Ctrl-C ends a loop, and the variables stay"""
    screen = console()
    screen.type(f"{phrases.base}\r")
    screen.until(r"In \[2\]:")
    screen.type(f"{phrases.begun}\r")
    screen.until("begun$")
    screen.type("\x03")
    screen.until(r"In \[3\]:")
    screen.type("base\r")
    screen.until(r"Out\[3\]: 20$")


def test_input(console, dialect):
    """a cell asks for a line"""
    screen = console()
    screen.type(f"{dialect.input}\r")
    screen.until("Enter:$")
    screen.type("some words\r")
    screen.until("some words$")


def test_error(console, dialect, phrases):
    """an error is shown, with its message"""
    screen = console()
    screen.type(f"{dialect.error}\r")
    screen.until(phrases.failure)


def test_history(console, dialect):
    """the arrow up brings back the last line of another day"""
    first = console()
    first.type(f"{dialect.expression}\r")
    first.until(r"In \[2\]:")
    first.type("\x04")
    first.until_end()
    second = console()
    second.type("\x1b[A")
    second.until(r"In \[1\]: 6 \* 7")


def test_help(console, phrases):
    """`name?` tells what a name is"""
    screen = console()
    screen.type(f"{phrases.base}\r")
    screen.until(r"In \[2\]:")
    screen.type("base?\r")
    screen.until(phrases.help)
