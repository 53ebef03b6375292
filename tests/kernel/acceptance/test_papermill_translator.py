"""The translator that teaches papermill TypeScript, without a kernel."""

import json
import shutil
import subprocess

import papermill.engines  # noqa: F401  papermill loads the translator with its engines
import pytest
from folders import root
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
    """A parameter is a constant, and of a widened type, so that comparing it with another value compiles."""
    assert TypeScriptTranslator.codify({"epochs": 5, "quick": True, "name": "a"}, "From outside\nby papermill") == (
        '// From outside\n// by papermill\nconst epochs: number = 5;\nconst quick: boolean = true;\nconst name: string = "a";\n'
    )


def test_impossible_names():
    """A name that TypeScript does not allow is refused in words."""
    for name in ("learning-rate", "class", "default", "await", "enum", "arguments", "let", "undefined", "2nd", ""):
        with pytest.raises(ValueError, match=f'"{name}" cannot be the name of a parameter: '):
            TypeScriptTranslator.codify({name: 1})
    assert "const of: number = 1;" in TypeScriptTranslator.codify({"of": 1, "type": 2, "async": 3, "__seed": 4})


DECLARATIONS = """// Choices
const optimizer: "adam" | "sgd" = "adam"; // which one
const limit: number | null = null;
let name = "a=b"
var scale = 1 as 1 | 2;
const kept = "x" as const;
const make: (n: number) => number = (n) => n;
export const sizes: Array<number> = [1, 2];
"""


def test_the_declared_type_holds():
    """A parameter has the type that the parameters cell declares, and can be assigned to where that one can."""
    found = TypeScriptTranslator.inspect({"source": DECLARATIONS})
    types = {each.name: each.inferred_type_name for each in found}
    assert types == {
        "optimizer": '"adam" | "sgd"',
        "limit": "number | null",
        "name": "None",
        "scale": "1 | 2",
        "kept": "None",
        "make": "(n: number) => number",
        "sizes": "Array<number>",
    }
    given = {"optimizer": "sgd", "limit": 3, "name": "c=d", "scale": 2, "kept": "y", "other": "z", "sizes": []}
    assert TypeScriptTranslator.codify(given).splitlines()[1:] == [
        'const optimizer: "adam" | "sgd" = "sgd";',
        "const limit: number | null = 3;",
        'let name: string = "c=d";',
        "let scale: 1 | 2 = 2;",
        'const kept: string = "y";',
        'const other: string = "z";',
        "const sizes: Array<number> = [];",
    ]
    # Another notebook, which declares nothing.
    assert 'const optimizer: string = "sgd";' in TypeScriptTranslator.codify({"optimizer": "sgd"})


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
