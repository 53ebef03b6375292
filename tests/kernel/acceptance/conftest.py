import os
import tempfile

import pytest
from dialects import OTHERS
from folders import notebook_folder
from kernel_client import Kernel

pytest_plugins = ["checks"]


@pytest.fixture
def folder(tmp_path):
    """An empty folder for notebooks."""
    return notebook_folder(tmp_path)


def left_over(kernel):
    """What a kernel of ours sent beyond what it was asked for."""
    if kernel.manager.kernel_name in OTHERS or not kernel.alive:
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
