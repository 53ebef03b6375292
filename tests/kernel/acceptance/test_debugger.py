"""The debugger beyond what a testbed asks for: variables are set and copied, loaded files are listed."""

import pytest

pytestmark = pytest.mark.usefixtures("only_ours")

CELL = """function area(width: number, height: number): number {\n  const unit = { name: 'mm' };\n  let product = width * height;\n  unit.name += "";\n  return product;\n}\nconst result = area(3, 4);"""


@pytest.fixture
def ask(kernel):
    """A debug_request that has to succeed; returns its body."""
    count = 0

    def request(command, **arguments):
        nonlocal count
        count += 1
        content = {"type": "request", "seq": count, "command": command, "arguments": arguments}
        reply = kernel.ask("debug_request", content, channel="control")
        assert reply["success"], reply
        return reply["body"]

    return request


def test_variables(kernel, ask):
    """A variable of a stopped function is set, one of the notebook as well, and one is copied to the notebook."""
    kernel.run("let before = 1;")
    assert ask("debugInfo")["copyToGlobals"] is True
    ask("initialize")
    ask("attach")
    path = ask("dumpCell", code=CELL)["sourcePath"]
    ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": 4}])
    running = kernel.execute(CELL)
    kernel.until(lambda: ask("stackTrace")["stackFrames"], 20, "the stop at the breakpoint")
    frame = ask("stackTrace")["stackFrames"][0]["id"]
    scopes = {scope["name"]: scope["variablesReference"] for scope in ask("scopes", frameId=frame)["scopes"]}
    changed = ask("setVariable", variablesReference=scopes["Locals"], name="product", value="width * 100")
    assert (changed["value"], changed["type"]) == ("300", "int")
    assert ask("evaluate", expression="product", frameId=frame)["result"] == "300"
    ask("setVariable", variablesReference=scopes["Globals"], name="before", value="'after'")
    ask("copyToGlobals", srcVariableName="unit", dstVariableName="copied", srcFrameId=frame)
    ask("continue", threadId=1)
    assert kernel.collect(running).status == "ok"
    assert kernel.run("[result, before as unknown, copied.name]").result == "[ 300, 'after', 'mm' ]"


def test_modules(kernel, ask):
    """The files that cells loaded are listed, none of the kernel's own."""
    ask("initialize")
    kernel.run('import { slider } from "vitlab";')
    body = ask("modules")
    names = [module["name"] for module in body["modules"]]
    assert "slider.js" in names and body["totalModules"] == len(names)
    assert not [module for module in body["modules"] if "/dist/kernel/" in module["path"]]
    assert ask("modules", startModule=1, moduleCount=2)["modules"] == body["modules"][1:3]
    wanted = next(module for module in body["modules"] if module["name"] == "slider.js")
    assert "IntSlider" in ask("source", source={"path": wanted["path"]})["content"]
