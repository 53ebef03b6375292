"""What every folder of checks has: the option that names the kernel, and a report of the checks, one line of JSON each."""

import json
import os
from importlib.metadata import version
from pathlib import Path

import pytest
from dialects import OTHERS


def pytest_addoption(parser):
    parser.addoption("--kernel", default="vitlab", help="the installed kernel to test")


def pytest_configure(config):
    config.addinivalue_line("markers", "client(*distributions): the programs whose tests these are")
    # unittest classes cannot ask for a fixture when they are defined.
    os.environ["KERNEL_UNDER_TEST"] = config.getoption("--kernel")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    report.title = title_of(item)
    report.group = group_of(item)
    item.has_failed = getattr(item, "has_failed", False) or report.failed
    report.details = [value for name, value in item.user_properties if name == "told"]


def pytest_runtest_logreport(report):
    """Adds one line of JSON for each check to the file that $ACCEPTANCE_REPORT names."""
    to = os.environ.get("ACCEPTANCE_REPORT")
    if not to or (report.when != "call" and report.outcome == "passed"):
        return
    if hasattr(report, "context") and report.outcome == "passed":
        return  # A subtest: its test has a line of its own.
    message = "" if report.outcome == "passed" else last_line(report)
    line = {
        "group": getattr(report, "group", ""),
        "check": getattr(report, "title", report.nodeid.split("::")[-1]),
        "outcome": report.outcome,
        "seconds": round(report.duration, 2),
        "told": " ".join(getattr(report, "details", [])),
        "message": message,
    }
    with open(to, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def title_of(item):
    """The first sentence of a test's docstring, else its name as words."""
    function = getattr(item, "function", None)
    sentence = (getattr(function, "__doc__", None) or "").strip().splitlines()
    title = sentence[0].rstrip(".") if sentence else item.name.split("[")[0].removeprefix("test_").replace("_", " ")
    variant = item.name.split("[", 1)[1][:-1] if "[" in item.name else ""
    return f"{title} ({variant})" if variant else title


def group_of(item):
    """The clients whose tests a file has, with the versions that are installed, else the file's name."""
    client = item.get_closest_marker("client")
    if client:
        return ", ".join(f"{name} {version(name)}" for name in client.args)
    return Path(item.nodeid.split("::")[0]).stem.removeprefix("test_")


def last_line(report):
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (crash.message if crash else str(report.longrepr)).splitlines()
    return lines[0].removeprefix("AssertionError: ")[:300] if lines else ""


@pytest.fixture(scope="session")
def kernel_name(request):
    return request.config.getoption("--kernel")


@pytest.fixture(scope="session")
def only_ours(kernel_name):
    """For checks that use what only this kernel promises."""
    if kernel_name in OTHERS:
        pytest.skip("not a check for other kernels")


@pytest.fixture(scope="session", autouse=True)
def history_of_tests(tmp_path_factory):
    """Keeps what tests execute out of the user's own history."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITLAB_HISTORY", str(tmp_path_factory.mktemp("history") / "history.jsonl"))
        yield


@pytest.fixture(scope="session", autouse=True)
def colors_of_tests():
    """A terminal that wants no colors says nothing of what the kernel does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NO_COLOR", raising=False)
        yield


@pytest.fixture
def tell(record_property):
    """Says a figure or a remark in the table: `tell("median 12 ms")`."""
    return lambda text: record_property("told", text)
