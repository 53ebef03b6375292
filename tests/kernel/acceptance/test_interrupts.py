"""Interrupts: every kind of loop ends, in time, and leaves the kernel and its variables.

ACCEPTANCE_INTERRUPTS sets how many there are at random moments, 200 unless told.
"""

import os
import random
import signal
import statistics
import sys
import time
from pathlib import Path

import pytest
from folders import root

pytestmark = [pytest.mark.usefixtures("only_ours"), pytest.mark.timeout(600)]

INTERRUPTS = int(os.environ.get("ACCEPTANCE_INTERRUPTS", "200"))
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
NAP = "new Promise((resolve) => setTimeout(resolve, 5))"

LOOPS = {
    "sync loop": "while (true) {}",
    "sync loop with work": "let sum = 0; for (let i = 0; ; i++) sum += Math.sqrt(i);",
    "sync loop that swallows errors": "while (true) { try { JSON.parse('{'); } catch {} }",
    "callback": "[1, 2, 3].forEach(() => { while (true) {} });",
    "sync after await": f"await {NAP}; while (true) {{}}",
    "async loop": f"while (true) await {NAP};",
    "async loop in a function": f"async function wait(): Promise<void> {{ while (true) await {NAP}; }}\nawait wait();",
    "await without end": "await new Promise(() => {});",
    "async iteration": f"async function* forever() {{ while (true) {{ await {NAP}; yield 1; }} }}\nfor await (const _ of forever()) {{}}",
    "microtask loop": "while (true) await null;",
    "microtask chain": "const chain = (): Promise<void> => Promise.resolve().then(chain);\nawait chain();",
    "timer callback": "setTimeout(() => { while (true) {} }, 5); await new Promise(() => {});",
    "interval": "setInterval(() => {}, 2); await new Promise(() => {});",
    "nextTick": "process.nextTick(() => { while (true) {} }); await new Promise(() => {});",
    "queueMicrotask": "queueMicrotask(() => { while (true) {} }); await new Promise(() => {});",
    "printing loop": "for (let i = 0; ; i++) console.log(i);",
    "regular expression": "/^(a+)+$/.test('a'.repeat(40) + 'b');",
}


def check_kernel(kernel):
    result = kernel.run("[kept, kept.length]")
    assert result.status == "ok", result.error
    assert "'since before'" in result.result


@pytest.fixture
def used(shared):
    assert shared.run("let kept: string = 'since before';").status == "ok"
    return shared


@pytest.mark.parametrize("loop", LOOPS)
def test_each_loop(used, loop, tell):
    """An interrupt ends what runs, as KeyboardInterrupt, and earlier variables are there."""
    result, seconds = used.interrupted(LOOPS[loop], after=0.3)
    assert result.status == "error"
    assert result.content["ename"] == "KeyboardInterrupt", result.error
    assert result.of("error"), "nothing on iopub says so"
    check_kernel(used)
    tell(f"{1000 * seconds:.0f} ms")


def test_random_moments(used, tell):
    """Interrupts at random moments over every kind of loop: each is answered, and the kernel lives."""
    random.seed(7)
    taken = []
    for number in range(INTERRUPTS):
        name = random.choice(list(LOOPS))
        result, seconds = used.interrupted(LOOPS[name], after=random.random() * 0.25, timeout=20)
        assert result.content.get("ename") == "KeyboardInterrupt", f"number {number + 1}, {name}: {result.content}"
        taken.append(seconds)
        if number % 20 == 19:
            check_kernel(used)
    check_kernel(used)
    median = statistics.median(taken)
    tell(f"{len(taken)} of {INTERRUPTS} interrupted, median {1000 * median:.0f} ms, slowest {1000 * max(taken):.0f} ms")
    assert median < 0.3


def test_finally(used):
    """`finally` blocks run, and what comes after the cell in the queue is aborted."""
    id = used.execute(f"try {{ while (true) await {NAP}; }} finally {{ console.log('cleaned up'); }}")
    later = used.execute("'never'")
    used.until(lambda: used.messages(id, "execute_input"), 10, "execute_input")
    used.pump(0.3)
    used.interrupt()
    assert "cleaned up" in used.collect(id, 10).stdout
    assert used.collect(later, 10).status == "aborted"


def test_interrupt_without_a_cell(used):
    """An interrupt while nothing runs disturbs nothing."""
    for _ in range(5):
        assert used.ask("interrupt_request", channel="control")["status"] == "ok"
    check_kernel(used)


def test_interrupt_while_compiling(used):
    """An interrupt in the first moments of a cell, while it is still compiled, ends it, too."""
    many = "\n".join(f"const value{i}: number = {i};" for i in range(300))
    for delay in (0, 0.01, 0.05, 0.1):
        id = used.execute(f"{many}\nwhile (true) {{}}")
        time.sleep(delay)
        used.interrupt()
        used.pump(1.0)
        if used._reply(id) is None:
            # It came before the cell, which an interrupt is not kept for.
            used.interrupt()
        assert used.collect(id, 15).status == "error"
    check_kernel(used)


def test_timers_of_an_interrupted_cell(used):
    """Timers of an interrupted cell do not go on behind its back."""
    result, _ = used.interrupted(
        "let ticks = 0; setInterval(() => { ticks++; console.log('tick'); }, 10); await new Promise(() => {});"
    )
    assert "tick" in result.stdout
    used.pump(0.1)
    before = len(used.messages(result.reply["parent_header"]["msg_id"]))
    used.pump(0.3)
    assert len(used.messages(result.reply["parent_header"]["msg_id"])) == before
    check_kernel(used)


PROCESSES = """
import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
writeFileSync("forked.cjs", "setInterval(() => {}, 1000)");
const ended = (child: any) => new Promise<void>((resolve) => child.on("exit", resolve));
"""

# `sleep N`, with an N of its own by which the processes of a test are found.
STARTS = {
    "spawn": "await ended(spawn('sleep', ['N']))",
    "spawn detached": "await ended(spawn('sleep', ['N'], { detached: true, stdio: 'ignore' }))",
    "exec": "await ended(exec('sleep N; echo woke'))",
    "execFile": "await ended(execFile('sleep', ['N']))",
    "fork": "await ended(fork('forked.cjs', ['N']))",
    "two of a shell": "await ended(spawn('sh', ['-c', 'sleep N & sleep N']))",
    "one that passes over SIGINT": "await ended(spawn('sh', ['-c', 'trap \"\" INT TERM; sleep N; sleep N']))",
    "one beside a loop": "spawn('sleep', ['N']); while (true) {}",
    "execSync": "execSync('sleep N; echo woke').toString()",
    "spawnSync": "spawnSync('sleep', ['N'])",
    "execFileSync": "execFileSync('sh', ['-c', 'trap \"\" INT TERM; sleep N & sleep N; wait'])",
    "bash": "%%bash\nsleep N & sleep N",
}


def processes_with(text):
    """The processes with `text` in their arguments that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if text.encode() in words:
            found.append(int(folder.name))
    return found


def none_left(text, seconds=2):
    deadline = time.monotonic() + seconds
    while processes_with(text) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not processes_with(text)


def start_processes(kernel, number):
    """A process of each kind from cells that ended, and one for which a cell waits."""
    made = kernel.run(PROCESSES)
    assert made.status == "ok", made.error
    kept = ["spawn", "spawn detached", "exec", "execFile", "fork", "two of a shell"]
    starts = [STARTS[name].replace("await ended(", "void (") for name in kept]
    assert kernel.run(";\n".join(starts).replace("N", number)).status == "ok"
    waiting = kernel.execute(STARTS["execSync"].replace("N", number))
    kernel.until(lambda: len(processes_with(number)) >= len(kept) + 2, 10, "the processes")
    return waiting


@linux
def test_processes_of_an_interrupted_cell(used, tell):
    """An interrupt ends what the cell started, at once where it waits for it without await, and nothing else."""
    made = used.run(PROCESSES)
    assert made.status == "ok", made.error
    assert used.run("const server = spawn('sleep', ['4216']); void 0").status == "ok"
    slowest = 0
    for name, code in STARTS.items():
        id = used.execute(code.replace("N", "4217"))
        used.until(lambda: processes_with("4217"), 10, f"the process of {name}")
        used.pump(0.1)
        began = time.monotonic()
        used.interrupt()
        result = used.collect(id, 10)
        slowest = max(slowest, time.monotonic() - began)
        assert result.status == "error", name
        assert result.content["ename"] == "KeyboardInterrupt", f"{name}: {result.error}"
        assert none_left("4217"), f"{name} left processes"
        check_kernel(used)
    assert slowest < 2
    assert processes_with("4216"), "an interrupt ended the process of an earlier cell"
    used.run("server.kill()")
    tell(f"the slowest {1000 * slowest:.0f} ms")


@linux
def test_workers_of_an_interrupted_cell(used):
    """An interrupt ends the threads that the cell started; those of earlier cells go on."""
    busy = "new Worker('for (let i = 0; ; i++) Atomics.add(new Int32Array(require(\"node:worker_threads\").workerData), 0, 1)', { eval: true, workerData: N })"
    made = used.run(
        PROCESSES
        + "const [early, late] = [0, 0].map(() => new Int32Array(new SharedArrayBuffer(4)));\n"
        + "const nap = () => new Promise((resolve) => setTimeout(resolve, 200));\n"
        + "const moves = async (counter: Int32Array) => { const before = counter[0]; await nap(); return counter[0] !== before; };\n"
        + f"const server = {busy.replace('N', 'early.buffer')};"
    )
    assert made.status == "ok", made.error
    result, _ = used.interrupted(f"const worker = {busy.replace('N', 'late.buffer')};\nawait ended(worker)", after=0.5)
    assert result.content["ename"] == "KeyboardInterrupt", result.error
    assert used.run("[late[0] !== 0, await moves(late), await moves(early)]").result == "[ true, false, true ]"
    assert used.run("await server.terminate()").status == "ok"


@linux
@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_nothing_outlives_the_kernel(start, transport, tmp_path):
    """Restart, shutdown and the sudden death of the kernel leave no process behind, and no socket."""
    kernel = start(**({"transport": "ipc", "ip": str(tmp_path / "k")} if transport == "ipc" else {}))
    start_processes(kernel, "4218")
    kernel.restart()
    assert none_left("4218"), "a restart left processes"
    start_processes(kernel, "4219")
    pid = kernel.manager.provisioner.process.pid
    os.kill(pid, signal.SIGKILL)
    assert none_left("4219", 4), "the death of the kernel left processes"
    kernel.restart()
    start_processes(kernel, "4220")
    sockets = socket_files(kernel)
    assert len(sockets) == (5 if transport == "ipc" else 0)
    kernel.ask("shutdown_request", {"restart": False}, channel="control")
    kernel.until(lambda: not kernel.alive, 10, "the end of the kernel")
    assert none_left("4220"), "a shutdown left processes"
    assert not any(socket.exists() for socket in sockets)


@linux
def test_sockets_go_with_a_signal(start, tmp_path):
    """A kernel that is told to end by a signal leaves no socket of the ipc transport behind."""
    kernel = start(transport="ipc", ip=str(tmp_path / "k"))
    sockets = socket_files(kernel)
    assert all(socket.exists() for socket in sockets)
    os.kill(kernel.manager.provisioner.process.pid, signal.SIGTERM)
    kernel.until(lambda: not kernel.alive, 10, "the end of the kernel")
    assert not any(socket.exists() for socket in sockets)


def socket_files(kernel):
    manager = kernel.manager
    return [Path(f"{manager.ip}-{port}") for port in manager.ports if manager.transport == "ipc"]


TRAINING = """
const model = new ViT({ ...presets.articleSimpleViT, mlpDim: 16 }, { seed: 0 });
const data = shapes({ split: "train", count: 2000 });
const epochs: number[] = [];
let steps = 0;
"""

RUN = """
const run = fit(model, { train: data, epochs: 10_000, batchSize: 16, optimizer: adam({ learningRate: 1e-3 }) });
for await (const event of run) if (event.type === "step") steps++;
"""


@pytest.mark.skipif(not (root / "dist" / "index.js").exists(), reason="vitlab is not built")
@pytest.mark.parametrize(
    "code", [RUN, "await fit(model, { train: data, epochs: 10_000, batchSize: 16 });"], ids=["events", "awaited"]
)
def test_training(start, code, tell):
    """A training run on the native engine ends at an interrupt, and the model is usable."""
    kernel = start()
    ready = kernel.run(
        'import { adam, evaluate, fit, presets, shapes, useEngine, ViT } from "vitlab";\nawait useEngine();',
        timeout=120,
    )
    assert ready.status == "ok", ready.error
    made = kernel.run(TRAINING)
    assert made.status == "ok", made.error
    taken = []
    times = max(2, INTERRUPTS // 20)
    for _ in range(times):
        result, seconds = kernel.interrupted(code, after=1.5 + random.random(), timeout=30)
        assert result.status == "error", "the run ended by itself"
        assert result.content["ename"] in ("KeyboardInterrupt", "AbortError"), result.error
        taken.append(seconds)
    after = kernel.run("(await evaluate(model, shapes({ split: 'test', count: 50 }))).accuracy >= 0", timeout=60)
    assert after.status == "ok", after.error
    assert after.result == "true"
    if code == RUN:
        assert int(kernel.run("steps").result.replace("_", "")) > 0
    tell(f"{times} of {times}, median {1000 * statistics.median(taken):.0f} ms")
