import json
import os
import tempfile
from pathlib import Path

import pytest
from kernel_client import Kernel

root = Path(__file__).resolve().parents[3]


def pytest_addoption(parser):
    parser.addoption("--kernel", default="vitlab", help="the installed kernel to test")


def pytest_configure(config):
    # unittest classes cannot ask for a fixture when they are defined.
    os.environ["KERNEL_UNDER_TEST"] = config.getoption("--kernel")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    report.title = title_of(item)
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
        "group": Path(report.nodeid.split("::")[0]).stem.removeprefix("test_"),
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


def last_line(report):
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (crash.message if crash else str(report.longrepr)).splitlines()
    return lines[0][:300] if lines else ""


@pytest.fixture(scope="session")
def kernel_name(request):
    return request.config.getoption("--kernel")


@pytest.fixture(scope="session")
def only_ours(kernel_name):
    """For checks that use what only this kernel promises."""
    if kernel_name in ("tslab", "deno", "python3"):
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


def notebook_folder(path):
    """Makes `path` a folder that sees the project's packages, whatever lies in the folders above it."""
    (path / "package.json").write_text('{ "private": true }\n')
    modules = path / "node_modules"
    if not modules.exists():
        modules.symlink_to(root / "node_modules", target_is_directory=True)
    return path


@pytest.fixture
def folder(tmp_path):
    """An empty folder for notebooks."""
    return notebook_folder(tmp_path)


def left_over(kernel):
    """What a kernel of ours sent beyond what it was asked for."""
    if kernel.manager.kernel_name in ("tslab", "deno", "python3") or not kernel.alive:
        return []
    kernel.pump(0.1)
    return kernel.surplus()


@pytest.fixture
def start(kernel_name, folder, request):
    """Starts kernels, `start(env={...})`, and ends them with the test; what they print shows where a test fails."""
    kernels = []
    log = tempfile.TemporaryFile("w+")

    def start_kernel(env=None, cwd=folder, name=kernel_name, **options):
        environment = {**os.environ, **env} if env else None
        kernels.append(Kernel(name, cwd=cwd, env=environment, log=log, **options))
        return kernels[-1]

    yield start_kernel
    failed = getattr(request.node, "has_failed", False)
    surplus = [] if failed else [each for kernel in kernels for each in left_over(kernel)]
    for kernel in kernels:
        kernel.close()
    log.seek(0)
    print(log.read()[-5000:])
    assert surplus == []


@pytest.fixture
def kernel(start):
    """A fresh kernel."""
    return start()


@pytest.fixture(scope="module")
def kernel_of_module(kernel_name, tmp_path_factory):
    """Starts the kernel that the tests of a module share, and a new one after `drop()`."""
    folder = notebook_folder(tmp_path_factory.mktemp("notebooks"))
    running = []

    def drop():
        while running:
            running.pop().close()

    def get():
        if not running:
            running.append(Kernel(kernel_name, cwd=folder))
        return running[0]

    get.drop = drop
    yield get
    drop()


@pytest.fixture
def shared(kernel_of_module, request):
    """One kernel for all tests of a module, until one fails: what that left behind is not the next one's fault."""
    kernel = kernel_of_module()
    yield kernel
    if getattr(request.node, "has_failed", False):
        kernel_of_module.drop()
    else:
        assert left_over(kernel) == []


@pytest.fixture
def tell(record_property):
    """Says a figure or a remark in the table: `tell("median 12 ms")`."""
    return lambda text: record_property("told", text)
