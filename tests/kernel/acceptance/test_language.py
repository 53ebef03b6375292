"""TypeScript of today in a notebook, and what the protocol promises about cells."""

import json
import time

import pytest
from kernel_client import Kernel, plain

pytestmark = pytest.mark.usefixtures("only_ours")


def good(kernel, code, **options):
    """Runs a cell that has to succeed and returns the text of its result, or else what it printed."""
    result = kernel.run(code, **options)
    assert result.status == "ok", f"{code}\n{result.error}\n{result.text()}"
    return result.result if result.result is not None else result.stdout


def bad(kernel, code):
    result = kernel.run(code)
    assert result.status == "error", f"{code} did not fail: {result.result} {result.stdout}"
    return result


# Cells and their variables


def test_redeclaring(shared):
    """A name can be declared anew in another cell, with another type, and in the same cell run twice."""
    good(shared, "const again = 1;")
    good(shared, "const again = 'two';")
    assert good(shared, "again") == "'two'"
    cell = "let total: number = 1; class Thing { size = total; } function size(): number { return new Thing().size; } enum Color { Red }"
    good(shared, cell)
    good(shared, cell)
    assert good(shared, "size() + Color.Red") == "1"


def test_types_from_cell_to_cell(shared):
    """Interfaces, generics and aliases of one cell check the next one."""
    good(shared, "interface Point { x: number; y: number }\ntype Pair<T> = readonly [T, T];")
    good(shared, "const point: Point = { x: 1, y: 2 };\nconst pair: Pair<string> = ['a', 'b'];")
    error = bad(shared, "const wrong: Point = { x: 1 };").error
    assert "Property 'y' is missing" in error
    assert good(shared, "point.y") == "2"


def test_failed_cell_keeps_what_ran(shared):
    """A cell that throws keeps the declarations that ran before, with their values."""
    bad(
        shared,
        "const first = 1;\nlet second = 'b';\nfunction third(): number { return first; }\nthrow new Error('stop');\nconst never = 5;",
    )
    assert good(shared, "[first, second, third()]") == "[ 1, 'b', 1 ]"
    assert "never" in bad(shared, "never").error


def test_failed_cell_keeps_the_old_value(shared):
    """A name that a failed cell did not get to keeps its earlier value and type."""
    good(shared, "const value = 'old';")
    bad(shared, "throw new Error('early'); const value = 5;")
    assert good(shared, "value.toUpperCase()") == "'OLD'"


def test_failed_after_await_keeps_what_ran(shared):
    """The same after an await."""
    bad(shared, "const early = await Promise.resolve(3);\nawait Promise.reject(new Error('late'));\nconst missing = 1;")
    assert good(shared, "early") == "3"


def test_cell_with_type_error_runs_nothing(shared):
    """A cell with a type error runs nothing at all, and says where the error is."""
    result = bad(shared, "console.log('ran');\nconst text: string = 5;")
    assert "ran" not in result.stdout
    assert "Type 'number' is not assignable to type 'string'" in result.error
    assert "2" in result.error and "const text: string = 5;" in result.error


# Today's language


def test_top_level_await(shared):
    """await works at the top of a cell, in loops and in expressions."""
    good(shared, "const waited = await Promise.resolve(4);\nfor await (const x of [1, 2]) void x;")
    assert good(shared, "waited + (await Promise.resolve(1))") == "5"


def test_export(shared):
    """Cells copied from a module work: `export const`, `export function`, `export default`-free."""
    good(
        shared,
        "export const exported = 3;\nexport function doubled(): number { return 2 * exported; }\nexport type Name = string;",
    )
    assert good(shared, "const name: Name = 'n'; doubled()") == "6"


def test_using(shared):
    """`using` and `await using` dispose at the end of their block."""
    assert good(
        shared,
        "{ using a = { [Symbol.dispose]() { console.log('disposed'); } };\n"
        "  await using b = { async [Symbol.asyncDispose]() { console.log('async'); } };\n"
        "  console.log('inside'); }",
    ).split() == ["inside", "async", "disposed"]


def test_todays_syntax(shared):
    """satisfies, const type parameters, private names, static blocks, new array methods."""
    assert good(shared, "const colors = { red: 1 } satisfies Record<string, number>; colors.red") == "1"
    assert good(shared, "function tuple<const T>(x: T): T { return x; } tuple(['a', 1] as const)[0]") == "'a'"
    assert good(shared, "[3, 1, 2].toSorted().findLast((x) => x < 3)") == "2"
    assert good(shared, "class Secret { #x = 7; get x() { return this.#x; } static { void 0; } } new Secret().x") == "7"


def test_decorators(shared):
    """Decorators are those of the language's standard, with a context."""
    assert (
        good(
            shared,
            "function logged<T extends (...a: never[]) => unknown>(f: T, c: ClassMethodDecoratorContext): T { console.log(String(c.name)); return f; }\n"
            "class Decorated { @logged run() { return 1; } }",
        )
        == "run\n"
    )


def test_import_meta(shared):
    """import.meta, __dirname and __filename speak of the notebook's folder."""
    folder = good(shared, "__dirname").strip("'")
    assert good(shared, "process.cwd()").strip("'") == folder
    assert good(shared, "import.meta.dirname").strip("'") == folder
    assert good(shared, "import.meta.url").strip("'").startswith("file://")
    assert good(shared, "require('node:path').basename(__filename).length > 0") == "true"


def test_node_modules(shared):
    """Node's own modules, in every way of importing them."""
    good(
        shared,
        "import * as path from 'node:path';\nimport { readFileSync, type Stats } from 'fs';\nimport os from 'node:os';",
    )
    assert good(shared, "path.join('a', 'b') + typeof readFileSync + (os.EOL.length > 0)") == "'a/bfunctiontrue'"
    assert good(shared, "(await import('node:url')).pathToFileURL('/a').href") == "'file:///a'"
    assert (
        good(shared, "typeof fetch + typeof structuredClone + typeof AbortController") == "'functionfunctionfunction'"
    )


# Modules


@pytest.fixture
def packages(folder):
    """Replaces the folder's packages by a few of every kind."""
    modules = folder / "node_modules"
    modules.unlink()
    modules.mkdir()

    def package(name, manifest, files):
        home = modules / name
        for path, text in {"package.json": json.dumps({"name": name, "version": "1.0.0", **manifest}), **files}.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text)

    package(
        "esm-only",
        {"type": "module", "exports": {".": {"types": "./index.d.ts", "import": "./index.js"}}},
        {
            "index.js": "export const answer = 42;\nexport default function shout(text) { return text.toUpperCase(); }\n",
            "index.d.ts": "/** The answer. */\nexport declare const answer: number;\nexport default function shout(text: string): string;\n",
        },
    )
    package(
        "exports-only",
        {
            "exports": {
                ".": {"types": "./lib/main.d.ts", "default": "./lib/main.js"},
                "./sub": {"types": "./lib/sub.d.ts", "default": "./lib/sub.js"},
            }
        },
        {
            "lib/main.js": "exports.main = 1;\n",
            "lib/main.d.ts": "export declare const main: number;\n",
            "lib/sub.js": "exports.sub = 2;\n",
            "lib/sub.d.ts": "export declare const sub: number;\n",
        },
    )
    package(
        "waits",
        {"type": "module", "main": "index.js", "types": "index.d.ts"},
        {
            "index.js": "export const late = await Promise.resolve('late');\n",
            "index.d.ts": "export declare const late: string;\n",
        },
    )
    package("no-types", {"main": "index.js"}, {"index.js": "module.exports = { plain: 5 };\n"})
    return folder


def test_packages(packages, start):
    """ESM-only, exports-only and subpath packages are imported with their types."""
    kernel = start(cwd=packages)
    good(
        kernel,
        "import shout, { answer } from 'esm-only';\nimport { main } from 'exports-only';\nimport { sub } from 'exports-only/sub';",
    )
    assert good(kernel, "[shout('a'), answer, main, sub]") == "[ 'A', 42, 1, 2 ]"
    assert "not assignable" in bad(kernel, "const s: string = answer;").error
    assert good(kernel, "(await import('esm-only')).answer") == "42"
    assert "The answer." in str(kernel.inspect("answer"))


def test_package_with_top_level_await(packages, start):
    """A package that itself awaits at its top is imported, statically and dynamically."""
    kernel = start(cwd=packages)
    assert good(kernel, "(await import('waits')).late") == "'late'"
    good(kernel, "import { late } from 'waits';")
    assert good(kernel, "late") == "'late'"


def test_missing_package(packages, start):
    """A package that is not there is an error that names it; one without types can be used."""
    kernel = start(cwd=packages)
    assert "not-there" in bad(kernel, "import { x } from 'not-there';").error
    assert good(kernel, "const { plain } = require('no-types'); plain") == "5"


def test_local_file(folder, start):
    """A .ts file beside the notebook is imported with its types, and anew after it was edited."""
    (folder / "helper.ts").write_text(
        "import { one } from './deep/part';\nexport const scale = (x: number): number => x * 10 * one;\n"
    )
    (folder / "deep").mkdir()
    (folder / "deep" / "part.ts").write_text("export const one = 1;\n")
    kernel = start()
    good(kernel, "import { scale } from './helper';")
    assert good(kernel, "scale(2)") == "20"
    time.sleep(0.02)
    (folder / "helper.ts").write_text(
        "import { one } from './deep/part';\nexport const scale = (x: number, y = 1): number => x * 100 * one + y;\n"
    )
    assert good(kernel, "import { scale } from './helper';\nscale(2, 5)") == "205"
    (folder / "deep" / "part.ts").write_text("export const one = 2;\n")
    time.sleep(0.02)
    assert good(kernel, "import { scale } from './helper';\nscale(2, 5)") == "405", (
        "the edit of an imported file's import is not seen"
    )
    assert good(kernel, "import { scale as other } from './helper.js';\nother(1)") == "201", (
        "the .js ending of Node's own TypeScript"
    )


def test_file_outside(folder, start, tmp_path_factory):
    """A .ts file outside the notebook's folder is imported, too, relative and edited."""
    inner = folder / "notebooks"
    inner.mkdir()
    (folder / "src").mkdir()
    (folder / "src" / "outside.ts").write_text(
        "export interface Box { size: number }\nexport const box: Box = { size: 3 };\n"
    )
    kernel = start(cwd=inner)
    assert good(kernel, "import { box, type Box } from '../src/outside';\nconst mine: Box = box; mine.size") == "3"
    time.sleep(0.02)
    (folder / "src" / "outside.ts").write_text(
        "export interface Box { size: number; name: string }\nexport const box: Box = { size: 4, name: 'n' };\n"
    )
    assert good(kernel, "import { box } from '../src/outside';\nbox.name + box.size") == "'n4'"


def test_errors_in_a_local_file(folder, start):
    """A type error and a thrown error in a local file name the file and its line."""
    (folder / "wrong.ts").write_text("export const fine = 1;\n\nexport const text: string = 5;\n")
    (folder / "throws.ts").write_text(
        "// A comment.\ninterface Gone { a: string }\n\nexport function fail(): never {\n  throw new TypeError('inside the file');\n}\n"
    )
    kernel = start()
    error = bad(kernel, "import { text } from './wrong';\ntext").error
    assert "wrong.ts" in error and "3" in error and "not assignable" in error
    error = bad(kernel, "import { fail } from './throws';\nfail();").error
    assert "throws.ts:5" in error and "inside the file" in error


def test_tsconfig_paths(folder, start):
    """The `paths` of the project's own tsconfig.json hold in cells and in local files."""
    (folder / "tsconfig.json").write_text(
        '{\n  // comments are allowed\n  "compilerOptions": { "paths": { "@lib/*": ["./library/*"] } },\n}\n'
    )
    (folder / "library").mkdir()
    (folder / "library" / "tool.ts").write_text("import { base } from '@lib/base';\nexport const tool = base + 1;\n")
    (folder / "library" / "base.ts").write_text("export const base = 1;\n")
    kernel = start()
    assert good(kernel, "import { tool } from '@lib/tool';\ntool") == "2"


def test_json_import(folder, start):
    """A JSON file is imported with its type."""
    (folder / "data.json").write_text('{ "size": 3 }')
    kernel = start()
    assert good(kernel, "import data from './data.json';\ndata.size + 1") == "4"


# Errors


def test_traceback(shared):
    """A traceback names the cell's own line, shows it in a code frame, in color, and hides the kernel's frames."""
    cell = "interface Gone { a: string }\nfunction deep(x: number): never {\n  // above\n  throw new RangeError(`too deep: ${x}`);\n}\nconst start = 2;\ndeep(start);"
    result = bad(shared, cell)
    assert (result.content["ename"], result.content["evalue"]) == ("RangeError", "too deep: 2")
    colored = "\n".join(result.content["traceback"])
    text = plain(colored)
    assert "\x1b[3" in colored
    number = result.of("execute_input")[0]["content"]["execution_count"]
    assert f"Cell[{number}]:4:" in text and f"Cell[{number}]:7:" in text
    assert "throw new RangeError(`too deep: ${x}`);" in text
    assert "deep" in text
    for hidden in ("evalmachine", "tslab", "dist/kernel", "node:internal", "node_modules"):
        assert hidden not in text, text
    assert result.of("error")[0]["content"] == {key: result.content[key] for key in ("ename", "evalue", "traceback")}


@pytest.mark.usefixtures("only_ours")
def test_no_color(start):
    """With NO_COLOR no error has a color: not of types, not thrown, not of a process that ended."""
    kernel = start(env={"NO_COLOR": "1"})
    for cell, name in (
        ('const n: number = "three";', "TypeScriptError"),
        ("throw new RangeError('no');", "RangeError"),
        ("process.exit(3);", "ProcessEnded"),
    ):
        result = bad(kernel, cell)
        assert result.content["ename"] == name
        assert name in result.content["traceback"][-1]
        assert "\x1b" not in "".join(result.content["traceback"])


def test_traceback_across_cells(shared):
    """An error in a function of an earlier cell names that cell and its line."""
    good(shared, "// one\nfunction broken(): number {\n  return (undefined as any).length;\n}")
    number = shared.history(hist_access_type="tail", n=1)[0][1]
    assert f"Cell[{number}]:3:" in bad(shared, "\n\nbroken();").error


def test_thrown_values(shared):
    """Whatever is thrown is shown: text, objects, causes, aggregates, errors of one's own."""
    assert "plain text" in bad(shared, "throw 'plain text'").error
    assert "code: 7" in bad(shared, "throw { code: 7 }").error
    assert "null" in bad(shared, "throw null").error
    error = bad(shared, "throw new Error('outer', { cause: new Error('inner') })").error
    assert "outer" in error and "inner" in error
    assert (
        "left"
        in bad(
            shared, "await Promise.any([Promise.reject(new Error('left')), Promise.reject(new Error('right'))])"
        ).error
    )
    result = bad(shared, "class OwnError extends Error { name = 'OwnError'; }\nthrow new OwnError('mine');")
    assert result.content["ename"] == "OwnError"
    assert "Symbol" in bad(shared, "throw Symbol('s')").error


# The protocol's promises


def test_user_expressions(shared):
    """user_expressions are evaluated after the cell; one that fails says why and harms nothing."""
    result = shared.run(
        "const used = [1, 2];",
        user_expressions={"sum": "used[0] + used[1]", "wrong": "no.such", "object": "{ a: 1 }", "magic": "!ls"},
    )
    asked = result.content["user_expressions"]
    assert asked["sum"]["status"] == "ok" and asked["sum"]["data"]["text/plain"] == "3"
    assert asked["object"]["data"]["text/plain"] == "{ a: 1 }"
    assert asked["wrong"]["status"] == "error" and asked["wrong"]["ename"]
    # Shown as it was sent, with the mark below the name.
    assert "1 | no.such\n    | ^^" in plain("\n".join(asked["wrong"]["traceback"]))
    thrown = shared.run("1", user_expressions={"thrown": "JSON.parse('{')"}).content["user_expressions"]["thrown"]
    assert "1 | JSON.parse('{')\n    |      ^" in plain("\n".join(thrown["traceback"]))
    assert asked["magic"]["status"] == "error"
    assert result.status == "ok"
    # Some clients send null.
    assert shared.run("1", user_expressions=None).status == "ok"


def test_silent(shared):
    """A silent cell leaves no execute_input, no result, no number, no history; its variables stay."""
    before = good(shared, "1") and shared.run("1").content["execution_count"]
    result = shared.run("const quiet = 5; quiet", silent=True)
    assert result.status == "ok"
    assert [m["msg_type"] for m in result.messages if m["msg_type"] != "status"] == []
    # qtconsole numbers its first prompt by the reply to a silent request.
    assert result.content["execution_count"] == before
    after = shared.run("quiet")
    assert after.result == "5"
    assert after.content["execution_count"] == before + 1
    assert all("const quiet" not in entry[2] for entry in shared.history(hist_access_type="tail", n=5))


def test_store_history(shared):
    """With store_history false a cell runs and shows its result, but is not remembered and does not count."""
    before = shared.run("1").content["execution_count"]
    unremembered = shared.run("'unremembered'", store_history=False)
    assert unremembered.result == "'unremembered'"
    assert unremembered.content["execution_count"] == before
    assert shared.run("1").content["execution_count"] == before + 1
    assert all("unremembered" not in entry[2] for entry in shared.history(hist_access_type="tail", n=5))


def test_stop_on_error(shared):
    """After an error the queued cells are aborted; with stop_on_error false they run."""
    ids = [shared.execute(code) for code in ("throw new Error('first')", "'second'", "'third'")]
    results = [shared.collect(id) for id in ids]
    assert [result.status for result in results] == ["error", "aborted", "aborted"]
    assert results[1].messages[-1]["content"] == {"execution_state": "idle"}
    assert good(shared, "'goes on'") == "'goes on'"
    ids = [shared.execute("throw new Error('first')", stop_on_error=False), shared.execute("'second'")]
    assert [shared.collect(id).status for id in ids] == ["error", "ok"]


def test_empty_cell(shared):
    """An empty cell, one of comments and one of types only are fine and show nothing."""
    for code in ("", "   \n", "// only a comment", "type Only = string;", ";"):
        result = shared.run(code)
        assert result.status == "ok", result.error
        assert result.result is None


def test_results(shared):
    """The last expression is the result; a statement, undefined and a trailing semicolon behave as expected."""
    assert shared.run("const a = 1;").result is None
    assert shared.run("undefined").result is None
    assert shared.run("null").result == "null"
    assert shared.run("1 + 1;").result == "2"
    assert shared.run("'a'; 'b'").result == "'b'"
    assert shared.run("({ nested: { deep: [1, { x: 2 }] } })").result is not None


def test_late_output(shared):
    """What a timer prints after its cell belongs to that cell, not to the one that runs then."""
    first = shared.execute("setTimeout(() => console.log('late'), 200); 1")
    shared.collect(first)
    second = shared.run("await new Promise((resolve) => setTimeout(resolve, 400)); 2")
    assert "late" not in second.stdout
    assert any(m["content"].get("text") == "late\n" for m in shared.messages(first, "stream"))


def test_completion(shared):
    """Completion knows members, imports, earlier cells and the cell itself, while a cell is running."""
    good(shared, "const somebody = { firstName: 'A', age: 3 };")
    assert {"firstName", "age"} <= set(shared.complete("somebody.")["matches"])
    assert "toUpperCase" in shared.complete("const text = 'x';\ntext.toU")["matches"]
    assert "readFileSync" in shared.complete("import * as files from 'node:fs';\nfiles.readF")["matches"]
    reply = shared.complete("let 🦆 = 1; somebody.fir")
    assert reply["matches"] == ["firstName"]
    # Positions count code points, as the protocol says.
    assert (reply["cursor_start"], reply["cursor_end"]) == (20, 23)
    running = shared.execute("const until = Date.now() + 1500; while (Date.now() < until) {}")
    shared.until(lambda: shared.messages(running, "execute_input"), 5, "execute_input")
    began = time.monotonic()
    assert "firstName" in shared.complete("somebody.f")["matches"]
    assert time.monotonic() - began < 1
    assert shared.collect(running).status == "ok"


def test_inspection(shared):
    """Inspection shows the signature and the docstring, while a cell is running, too."""
    good(shared, "/** Doubles a number. */\nfunction twice(x: number): number { return 2 * x; }")
    reply = shared.inspect("twice(1)", 3)
    assert reply["found"]
    assert "twice(x: number): number" in reply["data"]["text/plain"]
    assert "Doubles a number." in reply["data"]["text/plain"]
    assert shared.inspect("   ", 1)["found"] is False


def test_stdin_refused(shared):
    """A cell that asks where nobody can answer fails with a sentence instead of waiting."""
    result = shared.run("await input('Name? ')", timeout=10)
    assert result.status == "error"
    assert "input" in result.error


def test_password(shared):
    """getpass asks without showing what is typed."""
    id = shared.execute("(await getpass('Key: ')).length", allow_stdin=True)
    (request,) = shared.until(lambda: shared.arrived[id]["stdin"], 10, "input_request")
    assert request["content"] == {"prompt": "Key: ", "password": True}
    shared.send("input_reply", {"value": "12345", "status": "ok"}, "stdin", parent=request)
    assert shared.collect(id).result == "5"


def test_interrupt_while_asking(shared):
    """A cell that waits for an answer is interrupted, and a late answer disturbs nothing."""
    id = shared.execute("await input('?')", allow_stdin=True)
    (request,) = shared.until(lambda: shared.arrived[id]["stdin"], 10, "input_request")
    shared.interrupt()
    assert shared.collect(id, 10).content["ename"] == "KeyboardInterrupt"
    shared.send("input_reply", {"value": "late", "status": "ok"}, "stdin", parent=request)
    assert good(shared, "1 + 1") == "2"


def test_history_between_runs(kernel_name, folder, monkeypatch):
    """The history of an earlier run is there in the next one, under its own session."""
    monkeypatch.setenv("VITLAB_HISTORY", str(folder / "history.jsonl"))
    for number in (1, 2):
        with Kernel(kernel_name, cwd=folder) as kernel:
            good(kernel, f"'run {number}'")
            good(kernel, "'größe 🦆\\n'")
            if number == 2:
                entries = kernel.history(hist_access_type="tail", n=4)
                assert [source for _, _, source in entries] == ["'run 1'", "'größe 🦆\\n'", "'run 2'", "'größe 🦆\\n'"]
                assert entries[0][0] != entries[2][0]
                assert kernel.history(hist_access_type="search", pattern="'run ?'", unique=True)
                earlier = kernel.history(hist_access_type="range", session=-1, start=1, stop=2)
                assert [source for _, _, source in earlier] == ["'run 1'"]
            kernel.ask("shutdown_request", {"restart": False}, channel="control")


# Transport


def test_ipc(kernel_name, folder, tmp_path_factory):
    """The kernel works over Unix sockets, too."""
    import tempfile

    # Names of Unix sockets are short.
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        with Kernel(kernel_name, cwd=folder, transport="ipc", ip=f"{home}/k") as kernel:
            assert good(kernel, "6 * 7") == "42"
            result, _ = kernel.interrupted("while (true) {}")
            assert result.content["ename"] == "KeyboardInterrupt"


def test_curve(kernel_name, folder):
    """The kernel works over encrypted sockets, and answers nobody who comes without a key."""
    import zmq

    with Kernel(kernel_name, cwd=folder, transport_encryption="required") as kernel:
        assert good(kernel, "6 * 7") == "42"
        info = kernel.manager.get_connection_info()
        stranger = zmq.Context.instance().socket(zmq.DEALER)
        stranger.linger = 0
        stranger.connect(f"tcp://{info['ip']}:{info['shell_port']}")
        try:
            kernel.session.send(stranger, kernel.session.msg("kernel_info_request", {}))
            assert not stranger.poll(500), "an unencrypted request was answered"
        finally:
            stranger.close()
        assert good(kernel, "1 + 1") == "2"
