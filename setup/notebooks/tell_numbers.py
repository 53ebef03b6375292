"""Writes the numbers that cells measured into the text that tells them: another processor rounds otherwise."""

import re
from decimal import ROUND_HALF_UP, Decimal

MEASURED = "application/vnd.vitlab.measured+json"

NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
# A number, perhaps with ± and %, then what may stand before its mark: bold or code, and a unit.
TOLD = re.compile(
    rf"(?P<mean>{NUMBER})(?:(?P<plusminus>\s*±\s*)(?P<deviation>{NUMBER}))?(?P<percent>\s*%)?"
    r"(?P<rest>[*_`]*(?:\s?[^\W\d_]+)?[*_`]*<!-- measured: (?P<name>[\w.-]+) -->)"
)


def tell_numbers(notebook):
    """Puts into every text what was measured, with the digits it was told with; in place."""
    measured = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            measured |= output.get("data", {}).get(MEASURED, {})
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = TOLD.sub(lambda told: told_anew(told, measured), cell.source)
    return notebook


def told_anew(told, measured):
    """One number with its mark; as it was where no cell measures it, or it isn't told as it is measured."""
    value = measured.get(told["name"])
    mean, deviation = (value["mean"], value["deviation"]) if isinstance(value, dict) else (value, None)
    if mean is None or (told["deviation"] and deviation is None):
        return told[0]
    factor = 100 if told["percent"] else 1
    text = written(mean * factor, told["mean"])
    if told["deviation"]:
        text += told["plusminus"] + written(deviation * factor, told["deviation"])
    return text + (told["percent"] or "") + told["rest"]


def written(value, like):
    """A number with as many digits as another one was written with, a half rounded up."""
    digits = len(like.partition(".")[2].partition("e")[0])
    if "e" in like:
        base, exponent = f"{value:.{digits}e}".split("e")
        text = f"{base}e{int(exponent):+d}"
    else:
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        text = f"{abs(rounded) if rounded == 0 else rounded:{',' if ',' in like else ''}f}"
    # A minus of prose, but where it was written as a hyphen; an exponent has its own sign.
    return text if like.startswith("-") else re.sub("^-", "−", text)
