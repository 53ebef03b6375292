"""The translator that teaches papermill TypeScript, without a kernel."""

import json
import shutil
import subprocess

import papermill.engines  # noqa: F401  papermill loads the translator with its engines
import pytest
from conftest import root
from papermill.translators import papermill_translators
from vitlab_jupyter.papermill import TypeScriptTranslator

VALUES = {
    "count": 5,
    "negative": -7,
    "rate": 1e-3,
    "tiny": 5e-324,
    "quick": False,
    "nothing": None,
    "text": "quotes \" ' ` ${x} \\ backslash",
    "lines": "a\nb\r\n\tc\u2028d\u2029e\0f",
    "languages": "größer 字 🦆",
    "list": [1, [2, "3", None], []],
    "object": {"a": 1, "x-y": {"deep": [True]}, "": 0, "ключ": 1, "__proto__": 3},
    "empty": {},
}


def test_papermill_finds_it():
    """Papermill finds the translator by kernel and by language."""
    for kernel, language in (("vitlab", "typescript"), ("tslab", "typescript"), ("other", "typescript")):
        assert papermill_translators.find_translator(kernel, language) is TypeScriptTranslator


def test_values_survive(tmp_path):
    """Every JSON value, strings with whatever in them included, is the same value in TypeScript."""
    source = TypeScriptTranslator.codify(VALUES)
    names = ", ".join(VALUES)
    program = tmp_path / "parameters.ts"
    program.write_text(f"{source}\nconsole.log(JSON.stringify({{ {names} }}));\n", encoding="utf-8")
    compiled = subprocess.run(
        [shutil.which("node"), "-e", COMPILE_AND_RUN, str(program), str(root / "node_modules" / "typescript")],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert compiled.returncode == 0, compiled.stderr
    assert json.loads(compiled.stdout) == VALUES


COMPILE_AND_RUN = """
const [file, typescript] = process.argv.slice(1);
const ts = require(typescript);
const { ScriptTarget, ModuleKind } = ts;
const lib = ["lib.es2022.d.ts", "lib.dom.d.ts"];
const options = { strict: true, target: ScriptTarget.ES2022, module: ModuleKind.CommonJS, noEmit: true, types: [], lib };
const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
const text = (each) => ts.flattenDiagnosticMessageText(each.messageText, " ");
if (found.length > 0) throw new Error(found.map(text).join("; "));
eval(ts.transpile(require("fs").readFileSync(file, "utf8"), options));
"""


def test_numbers_without_json():
    """Numbers that JSON lacks are TypeScript's own."""
    written = [TypeScriptTranslator.translate(value) for value in (float("nan"), float("inf"), float("-inf"), 2**60)]
    assert written == ["NaN", "Infinity", "-Infinity", "1152921504606846976n"]


def test_a_parameter_is_a_constant():
    """A parameter is a constant; a number is a `number`, so that comparing it with another one compiles."""
    assert TypeScriptTranslator.codify({"epochs": 5, "quick": True, "name": "a"}, "From outside\nby papermill") == (
        '// From outside\n// by papermill\nconst epochs: number = 5;\nconst quick: boolean = true;\nconst name = "a";\n'
    )


def test_impossible_names():
    """A name that TypeScript does not allow is refused in words."""
    with pytest.raises(ValueError, match="learning-rate"):
        TypeScriptTranslator.codify({"learning-rate": 1})


def test_inspection():
    """The parameters of a cell are listed with their types, defaults and comments."""
    source = 'const epochs = 5; // passes\nlet name: string = "a // b; c";\nexport const sizes: number[] = [1, 2];\nrun();\nconst half'
    found = [
        (each.name, each.inferred_type_name, each.default, each.help)
        for each in TypeScriptTranslator.inspect({"source": source})
    ]
    assert found == [
        ("epochs", "None", "5", "passes"),
        ("name", "string", '"a // b; c"', ""),
        ("sizes", "number[]", "[1, 2]", ""),
    ]
