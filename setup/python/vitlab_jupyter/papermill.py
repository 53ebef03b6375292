"""Teaches papermill to write TypeScript: `papermill in.ipynb out.ipynb -p epochs 5`.

Papermill imports this module because it is listed as one of its engines; importing it registers the translator.
"""

import json
import math
import re
from contextvars import ContextVar

from papermill.engines import NBClientEngine
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
# What a variable of a TypeScript module can't be called.
RESERVED = frozenset(
    """arguments await break case catch class const continue debugger default delete do else enum eval export extends false
    finally for function globalThis if implements import in instanceof interface let new null package private protected public
    return static super switch this throw true try typeof undefined var void while with yield""".split()
)
# A type with arrows (`() => void`) has a `=` that begins no value.
TYPE = r"(?:=>|[^=])+?"
# `const epochs: number = 5; // how often the data is seen`, `let optimizer = "adam" as Optimizer`
DECLARATION = re.compile(
    r"^\s*(?:export\s+)?(?P<keyword>const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::\s*(?P<type>" + TYPE + r"))?\s*=(?!>)\s*"
    r"(?P<value>(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[^\"'`;/]|/(?!/))*?)"
    r"(?:\s+(?:as|satisfies)\s+(?P<asserted>[^;/]+?))?"
    r"\s*;?\s*(?://\s*(?P<help>.*))?$"
)
# JSON allows them inside a string, some JavaScript parsers don't.
LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
LARGEST_EXACT_INTEGER = 2**53 - 1
# How the parameters cell declares each name: papermill has `inspect` read it before it has `codify` write the values.
declared = ContextVar("declared", default={})


class TypeScriptTranslator(Translator):
    """Python values as TypeScript source."""

    @classmethod
    def translate_escaped_str(cls, value):
        text = json.dumps(str(value), ensure_ascii=False)
        for character, escape in LINE_ENDS.items():
            text = text.replace(character, escape)
        return text

    @classmethod
    def translate_none(cls, value):
        return "null"

    @classmethod
    def translate_int(cls, value):
        return f"{value}n" if abs(value) > LARGEST_EXACT_INTEGER else str(value)

    @classmethod
    def translate_float(cls, value):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return repr(value)

    @classmethod
    def translate_list(cls, value):
        return f"[{', '.join(cls.translate(each) for each in value)}]"

    @classmethod
    def translate_dict(cls, value):
        entries = [f"{cls.key(name)}: {cls.translate(each)}" for name, each in value.items()]
        return f"{{ {', '.join(entries)} }}" if entries else "{}"

    @classmethod
    def key(cls, name):
        if name == "__proto__":
            # As a plain property name it would set the prototype.
            return '["__proto__"]'
        return name if isinstance(name, str) and IDENTIFIER.fullmatch(name) else cls.translate_escaped_str(name)

    @classmethod
    def comment(cls, text):
        return "\n".join(f"// {line}".rstrip() for line in text.splitlines())

    @classmethod
    def declare(cls, name, value):
        """One declaration, of the type that the parameters cell declares; without one, of the widened type: after
        `const optimizer = "sgd"` the comparison `optimizer === "adam"` would be an error.
        """
        if not IDENTIFIER.fullmatch(name):
            raise ValueError(f'"{name}" cannot be the name of a parameter: TypeScript allows letters, digits, _ and $')
        if name in RESERVED:
            raise ValueError(f'"{name}" cannot be the name of a parameter: it is a word of TypeScript; give it another one')
        text = cls.translate(value)
        keyword, type_name = declared.get().get(name, ("const", None))
        type_name = type_name or cls.widened(value, text)
        return f"{keyword} {name}{': ' + type_name if type_name else ''} = {text};"

    @staticmethod
    def widened(value, text):
        """The type of a literal's kind; None where TypeScript widens by itself."""
        if isinstance(value, bool):
            return "boolean"
        if isinstance(value, (int, float)):
            return "bigint" if text.endswith("n") else "number"
        return "string" if isinstance(value, str) else None

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        lines = [cls.comment(comment), *(cls.declare(name, value) for name, value in parameters.items())]
        declared.set({})
        return "\n".join(lines) + "\n"

    @classmethod
    def inspect(cls, parameters_cell):
        """The parameters that a cell declares, one a line, for `papermill --help-notebook`."""
        found = []
        declarations = {}
        for line in parameters_cell["source"].splitlines():
            match = DECLARATION.match(line)
            if match and match["value"].strip():
                asserted = (match["asserted"] or "").strip()
                type_name = (match["type"] or "").strip() or (asserted if asserted != "const" else "")
                declarations[match["name"]] = ("let" if match["keyword"] != "const" else "const", type_name or None)
                found.append(
                    Parameter(
                        name=match["name"],
                        inferred_type_name=type_name or "None",
                        default=match["value"].strip(),
                        help=(match["help"] or "").strip(),
                    )
                )
        declared.set(declarations)
        return found


for language in ("typescript", "javascript", "vitlab", "tslab"):
    papermill_translators.register(language, TypeScriptTranslator)

# The entry point has to name an engine: it is papermill's own.
Engine = NBClientEngine
