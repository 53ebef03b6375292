"""Subshells (JEP 91): cells that run while another one awaits, with the same variables."""

import time

import pytest

pytestmark = [pytest.mark.usefixtures("only_ours"), pytest.mark.timeout(120)]

NAP = "await new Promise((resolve) => setTimeout(resolve, {}));"


def create(kernel):
    reply = kernel.ask("create_subshell_request", channel="control")
    assert reply["status"] == "ok"
    return reply["subshell_id"]


def begin(kernel, code):
    """Runs a cell that awaits until `release()` is called; returns when it has begun."""
    id = kernel.execute(f"{code}\nprint('begun'); await new Promise<void>((resolve) => {{ Object.assign(globalThis, {{ release: resolve }}); }});")
    kernel.until(lambda: kernel.messages(id, "stream"), 20, "a sign of the cell")
    return id


@pytest.fixture
def shell(kernel):
    kernel.run("const print = (text: string) => console.log(text);")
    id = create(kernel)
    yield id
    kernel.ask("delete_subshell_request", {"subshell_id": id}, channel="control")


def test_is_announced(kernel):
    assert "kernel subshells" in kernel.ask("kernel_info_request")["supported_features"]


def test_are_made_listed_and_deleted(kernel):
    one, two = create(kernel), create(kernel)
    listed = kernel.ask("list_subshell_request", channel="control")["subshell_id"]
    assert {one, two} <= set(listed)
    assert kernel.ask("delete_subshell_request", {"subshell_id": one}, channel="control")["status"] == "ok"
    assert one not in kernel.ask("list_subshell_request", channel="control")["subshell_id"]
    again = kernel.ask("delete_subshell_request", {"subshell_id": one}, channel="control")
    assert again["status"] == "error" and one in again["evalue"]
    kernel.ask("delete_subshell_request", {"subshell_id": two}, channel="control")


def test_a_request_to_one_that_is_gone_is_refused_and_over(kernel):
    id = kernel.execute("1", subshell="nobody")
    result = kernel.collect(id, 20)
    assert result.status == "error" and "no subshell nobody" in result.content["evalue"]
    assert [m["content"]["execution_state"] for m in result.of("status")] == ["busy", "idle"]


def test_answers_while_a_cell_awaits_with_what_that_has_declared_so_far(kernel, shell):
    busy = begin(kernel, "const history = [1, 2, 3];")
    result = kernel.collect(kernel.execute("history.length", subshell=shell), 20)
    assert result.result == "3"
    wrong = kernel.collect(kernel.execute("history.nothing", subshell=shell), 20)
    assert "Property 'nothing' does not exist on type 'number[]'" in wrong.error
    assert not kernel.messages(busy, "execute_result") and "execute_reply" not in str(kernel.messages(busy, "execute_reply"))
    kernel.collect(kernel.execute("(globalThis as any).release()", subshell=shell), 20)
    assert kernel.collect(busy, 20).status == "ok"


def test_completion_and_inspection_know_what_the_running_cell_has_declared(kernel, shell):
    busy = begin(kernel, "const lessons = [{ title: 'patches' }];")
    assert "lessons" in kernel.complete("lesso")["matches"]
    assert kernel.complete("lessons[0]!.ti")["matches"] == ["title"]
    assert "title: string" in kernel.inspect("lessons")["data"]["text/plain"]
    kernel.collect(kernel.execute("(globalThis as any).release()", subshell=shell), 20)
    kernel.collect(busy, 20)


def test_completion_does_not_wait_for_a_loop(kernel):
    kernel.run("const known = 1;")
    busy = kernel.execute("const looping = 2; while (true) {}")
    kernel.pump(0.5)
    began = time.monotonic()
    assert "known" in kernel.complete("kno")["matches"]
    assert time.monotonic() - began < 3
    kernel.interrupt()
    kernel.collect(busy, 20)


def test_what_both_declared_is_there_afterwards_with_its_type(kernel, shell):
    busy = begin(kernel, "const fromCell = 1; interface OfCell { a: number }")
    kernel.collect(kernel.execute("const fromConsole = 'a'; type OfConsole = { b: string }; let fromCellToo = 3", subshell=shell), 20)
    kernel.collect(kernel.execute("(globalThis as any).release()", subshell=shell), 20)
    kernel.collect(busy, 20)
    code = "const both: [OfCell, OfConsole] = [{ a: fromCell }, { b: fromConsole }]; [both, fromCellToo]"
    assert kernel.run(code).result == "[ [ { a: 1 }, { b: 'a' } ], 3 ]"
    assert "not assignable to type 'string'" in kernel.run("const t: string = fromCell").error


def test_output_belongs_to_the_cell_that_made_it(kernel, shell):
    busy = kernel.execute(f"for (let i = 0; i < 5; i++) {{ console.log('cell ' + i); {NAP.format(60)} }} 'end of cell'")
    kernel.until(lambda: kernel.messages(busy, "stream"), 20, "output of the cell")
    beside = kernel.execute(f"for (let i = 0; i < 3; i++) {{ console.log('beside ' + i); {NAP.format(40)} }} 'end beside'", subshell=shell)
    second, first = kernel.collect(beside, 20), kernel.collect(busy, 20)
    assert second.stdout == "beside 0\nbeside 1\nbeside 2\n" and second.result == "'end beside'"
    assert first.stdout == "".join(f"cell {i}\n" for i in range(5)) and first.result == "'end of cell'"


def test_each_gets_its_own_value_when_both_end_at_once(kernel, shell):
    kernel.run("let go: () => void = () => {}; const gate = new Promise<void>((resolve) => { go = resolve; });")
    busy = kernel.execute("await gate; 'of the cell'")
    beside = kernel.execute("await gate; 'beside'", subshell=shell)
    kernel.pump(0.5)
    third = create(kernel)
    kernel.collect(kernel.execute("go()", subshell=third), 20)
    assert [kernel.collect(busy, 20).result, kernel.collect(beside, 20).result] == ["'of the cell'", "'beside'"]
    kernel.ask("delete_subshell_request", {"subshell_id": third}, channel="control")


def test_each_gets_its_own_error(kernel, shell):
    kernel.run("let fail: () => void = () => {}; const wall = new Promise<void>((_, reject) => { fail = () => reject(new Error('wall')); });")
    busy = kernel.execute("await wall.catch(() => {}); throw new TypeError('of the cell')")
    beside = kernel.execute("await wall.catch(() => {}); throw new RangeError('beside')", subshell=shell)
    kernel.pump(0.5)
    third = create(kernel)
    kernel.collect(kernel.execute("fail()", subshell=third), 20)
    first, second = kernel.collect(busy, 20), kernel.collect(beside, 20)
    assert [first.content["ename"], second.content["ename"]] == ["TypeError", "RangeError"]
    kernel.ask("delete_subshell_request", {"subshell_id": third}, channel="control")


def test_stop_ends_the_cell_and_what_runs_beside_it(kernel, shell):
    busy = begin(kernel, "let kept = 7;")
    beside = kernel.execute("await new Promise(() => {})", subshell=shell)
    kernel.pump(0.3)
    kernel.interrupt()
    assert kernel.collect(busy, 20).content["ename"] == "KeyboardInterrupt"
    assert kernel.collect(beside, 20).content["ename"] == "KeyboardInterrupt"
    assert kernel.run("kept").result == "7"


def test_a_loop_beside_the_cell_can_be_stopped(kernel, shell):
    busy = begin(kernel, "let still = 8;")
    beside = kernel.execute("while (true) {}", subshell=shell)
    kernel.pump(0.3)
    kernel.interrupt()
    assert kernel.collect(beside, 20).status == "error"
    kernel.collect(busy, 20)
    assert kernel.run("still").result == "8"


def test_cells_of_one_subshell_wait_for_each_other(kernel, shell):
    first = kernel.execute(f"{NAP.format(200)} 'first'", subshell=shell)
    second = kernel.execute("'second'", subshell=shell)
    results = [kernel.collect(first, 20), kernel.collect(second, 20)]
    assert [each.result for each in results] == ["'first'", "'second'"]
    assert results[1].content["execution_count"] == results[0].content["execution_count"] + 1


def test_those_deleted_answer_what_waits_as_aborted(kernel):
    id = create(kernel)
    first = kernel.execute(f"{NAP.format(300)} 'first'", subshell=id)
    second = kernel.execute("'second'", subshell=id)
    kernel.pump(0.1)
    assert kernel.ask("delete_subshell_request", {"subshell_id": id}, channel="control")["status"] == "ok"
    assert kernel.collect(second, 20).status == "aborted"
    assert kernel.collect(first, 20).result == "'first'"


def test_timers_and_magics_keep_their_cells(kernel, shell):
    busy = kernel.execute(f"%%time\n{NAP.format(300)}")
    kernel.pump(0.1)
    beside = kernel.collect(kernel.execute("setTimeout(() => console.log('late'), 100); 1", subshell=shell), 20)
    first = kernel.collect(busy, 20)
    kernel.pump(0.2)
    assert "Wall time" in first.stdout and "late" not in first.stdout
    assert beside.result == "1"


def test_the_process_may_end(kernel, shell):
    busy = begin(kernel, "let gone = 1;")
    beside = kernel.collect(kernel.execute("process.exit(3)", subshell=shell), 30)
    assert beside.status == "error"
    assert kernel.collect(busy, 30).status == "error"
    assert kernel.run("1 + 1").result == "2"
    assert kernel.collect(kernel.execute("2 + 2", subshell=shell), 30).result == "4"
