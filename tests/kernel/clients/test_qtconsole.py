"""The Qt console, in this process and on no screen."""

import os
import re
import time

import pytest

pytestmark = pytest.mark.client("qtconsole")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="module")
def application():
    # The libraries of the system that Qt wants may be missing.
    try:
        from qtpy.QtWidgets import QApplication
    except ImportError as error:
        pytest.skip(f"Qt doesn't start here: {error}")
    return QApplication.instance() or QApplication([])


class Console:
    def __init__(self, application, kernel_name):
        from qtconsole.manager import QtKernelManager
        from qtconsole.rich_jupyter_widget import RichJupyterWidget

        self.application = application
        self.manager = QtKernelManager(kernel_name=kernel_name)
        self.manager.start_kernel()
        client = self.manager.client()
        client.start_channels()
        self.widget = RichJupyterWidget(gui_completion="plain")
        self.widget.kernel_manager, self.widget.kernel_client = self.manager, client
        self.widget.resize(900, 700)
        self.widget.show()
        self.until(lambda: "In [" in self.text, "the first prompt")

    @property
    def text(self):
        return self.widget._control.toPlainText()

    def type(self, text):
        """Types keys, as a person would."""
        from qtpy.QtCore import Qt
        from qtpy.QtTest import QTest

        keys = {"\t": Qt.Key_Tab, "\r": Qt.Key_Return}
        for key in text:
            if key in keys:
                QTest.keyClick(self.widget._control, keys[key])
            else:
                QTest.keyClicks(self.widget._control, key)

    def until(self, condition, what, timeout=10):
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come within {timeout} s\nThe console says:\n{self.text}"
            self.application.processEvents()
            time.sleep(0.01)

    def says(self, text):
        self.until(lambda: text in self.text, repr(text))

    def close(self):
        self.widget.kernel_client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.widget.close()


@pytest.fixture
def console(application, kernel_name, folder, monkeypatch, environment):
    monkeypatch.chdir(folder)
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "VITLAB_HISTORY"):
        monkeypatch.setenv(name, environment[name])
    started = Console(application, kernel_name)
    yield started
    started.close()


def test_prompt(console):
    """the first prompt is `In [1]:`"""
    assert "In [1]:" in console.text, f"it is {console.text.splitlines()[-1]}"


def test_result(console, dialect):
    """a result is shown"""
    console.type(f"{dialect.expression}\r")
    console.until(lambda: re.search(r"^(?:Out\[\d+\]: )?42$", console.text, re.MULTILINE), "the result")


def test_tab(console, phrases):
    """Tab completes a member"""
    console.type(f"{phrases.half}\t")
    console.says(phrases.whole)


def test_block(console, phrases):
    """Enter in the middle of a block starts its next line"""
    for count, line in enumerate(phrases.block):
        console.type(f"{line}\r")
        if line is not phrases.block[-1]:
            console.until(lambda: console.text.count("...:") > count, "the next line")
    console.says("\n44\n")


def test_picture(console, phrases):
    """a picture is shown"""
    console.type(f"{phrases.picture}\r")
    # Where a document has a picture, its text has this.
    console.says("\ufffc")


def test_input(console, dialect):
    """a cell asks for a line"""
    console.type(f"{dialect.input}\r")
    console.says("\nEnter: ")
    console.type("some words\r")
    console.says("\nsome words\n")


def test_error(console, dialect, phrases):
    """an error is shown, with its message"""
    console.type(f"{dialect.error}\r")
    console.says(phrases.failure)


def test_call_tip(console, phrases):
    """an opening bracket shows what a function wants"""
    console.type(f"{phrases.function}(")
    tip = console.widget._call_tip_widget
    console.until(tip.isVisible, "the call tip")
    assert phrases.function in tip.text()
