import re

import pytest

pytestmark = pytest.mark.client("jupyter-console")
PROMPT = r"In \[\d+\]:$"
# Some kernels show a result without its number.
OUT = r"(?:Out\[\d+\]: )?"


class Console:
    def __init__(self, screen):
        self.screen = screen
        self.see = screen.until
        self.type = screen.type
        self.see(PROMPT)

    def enter(self, line):
        """Types a line, which then stands behind its prompt, and Enter."""
        self.type(line)
        self.see(rf"(?:In \[\d+\]|\.\.\.): +{re.escape(line)}" if line else "")
        self.type("\r")

    def run(self, line):
        self.enter(line)
        self.see(PROMPT)


@pytest.fixture
def open_console(terminal, kernel_name):
    options = ["--ZMQTerminalInteractiveShell.banner=", "--JupyterConsoleApp.confirm_exit=False"]
    return lambda: Console(terminal("jupyter", "console", f"--kernel={kernel_name}", *options))


@pytest.fixture
def console(open_console):
    return open_console()


def test_result(console, dialect):
    """a result is shown"""
    console.enter(dialect.expression)
    console.see(rf"{OUT}42$")


def test_number(console, dialect):
    """the result has the number of its cell"""
    console.enter(dialect.expression)
    shown = console.see(r"Out\[\d+\]:")
    assert re.search(r"In \[(\d+)\]", shown)[1] == re.search(r"Out\[(\d+)\]", shown)[1]


def test_tab(console, phrases):
    """Tab completes a member"""
    console.type(f"{phrases.half}\t")
    console.see(rf"In \[\d+\]: {phrases.whole}")
    console.type(f"{phrases.called}\r")
    console.see(rf"{OUT}'?A'?$")


def test_block(console, phrases):
    """Enter in the middle of a block starts its next line"""
    for line in phrases.block:
        console.enter(line)
    console.see("44$")


def test_cell_magic(console, kernel_name):
    """`%%bash` waits for its body"""
    if kernel_name in ("tslab", "deno"):
        pytest.skip("the kernel has no %%bash")
    # An empty line is the end of the body, as in IPython.
    for line in ("%%bash", "echo $((6 * 7))", "", ""):
        console.enter(line)
    console.see("42$")


def test_interrupt(console, phrases):
    """Ctrl-C ends a loop, and the variables stay"""
    console.run(phrases.base)
    console.enter(phrases.begun)
    console.see("begun$")
    console.type("\x03")
    console.see(PROMPT)
    console.enter("base")
    console.see(rf"{OUT}20$")


def test_input(console, dialect):
    """a cell asks for a line"""
    console.enter(dialect.input)
    console.see("Enter:$")
    console.type("some words\r")
    console.see("some words$")


def test_error(console, dialect, phrases):
    """an error is shown, with its message"""
    console.enter(dialect.error)
    console.see(phrases.failure)


def test_history(open_console, dialect):
    """the arrow up brings back the last line of another day"""
    first = open_console()
    first.run(dialect.expression)
    first.type("\x04")
    first.screen.until_end()
    second = open_console()
    second.type("\x1b[A")
    second.see(rf"In \[\d+\]: {re.escape(dialect.expression)}")


def test_help(console, phrases):
    """`name?` tells what a name is"""
    console.run(phrases.base)
    console.enter("base?")
    console.see(phrases.help)
