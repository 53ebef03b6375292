"""Teaches papermill to write TypeScript: `papermill in.ipynb out.ipynb -p epochs 5`.

Papermill imports this module because it is listed as one of its engines; importing it registers the translator.
"""

import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
# `const epochs: number = 5; // how often the data is seen`
DECLARATION = re.compile(
    r"^\s*(?:export\s+)?(?:const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::\s*(?P<type>[^=]+?))?\s*=\s*"
    r"(?P<value>(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[^\"'`;/]|/(?!/))*)"
    r"\s*;?\s*(?://\s*(?P<help>.*))?$"
)
# JSON allows them inside a string, some JavaScript parsers don't.
LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
LARGEST_EXACT_INTEGER = 2**53 - 1


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
    def assign(cls, name, text):
        return f"const {name} = {text};"

    @classmethod
    def declare(cls, name, value):
        """One declaration. A number has the type `number`, not `5`: `epochs === 1` would be an error otherwise."""
        if not IDENTIFIER.fullmatch(name):
            raise ValueError(f'"{name}" cannot be the name of a parameter: TypeScript allows letters, digits, _ and $')
        text = cls.translate(value)
        if isinstance(value, bool):
            return cls.assign(f"{name}: boolean", text)
        if isinstance(value, (int, float)) and not text.endswith("n"):
            return cls.assign(f"{name}: number", text)
        return cls.assign(name, text)

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        lines = [cls.comment(comment), *(cls.declare(name, value) for name, value in parameters.items())]
        return "\n".join(lines) + "\n"

    @classmethod
    def inspect(cls, parameters_cell):
        """The parameters that a cell declares, one a line, for `papermill --help-notebook`."""
        found = []
        for line in parameters_cell["source"].splitlines():
            match = DECLARATION.match(line)
            if match and match["value"].strip():
                found.append(
                    Parameter(
                        name=match["name"],
                        inferred_type_name=(match["type"] or "None").strip(),
                        default=match["value"].strip(),
                        help=(match["help"] or "").strip(),
                    )
                )
        return found


for language in ("typescript", "javascript", "vitlab", "tslab"):
    papermill_translators.register(language, TypeScriptTranslator)

# The entry point has to name an engine: it is papermill's own.
Engine = NBClientEngine
