#!/usr/bin/env bash
# Expected: `papermill -p flag false` hands the notebook a boolean, and `-p run 007` the text that was typed.
# Seen: only the spellings True and False are booleans; `false` arrives as a non-empty text, which is true, and 007 as 7.
# Versions: papermill 2.7.0, ipykernel 7.4.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.4.0
env/bin/python - <<'PROGRAM'
import json

cell = lambda source, tags: {"cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}
notebook = {
    "cells": [cell("flag = True\nrun = ''", ["parameters"]), cell("print(repr(flag), bool(flag), repr(run))", [])],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}
json.dump(notebook, open("in.ipynb", "w"))
PROGRAM
# The kernel of this environment, whatever else the machine has.
export JUPYTER_PATH="$folder/env/share/jupyter"
for flag in false False; do
  env/bin/papermill --no-progress-bar -p flag "$flag" -p run 007 in.ipynb "$flag.ipynb" 2>/dev/null
done
env/bin/python - <<'PROGRAM'
import json
import sys
from importlib.metadata import version

said = {}
for flag in ("false", "False"):
    outputs = [output for cell in json.load(open(f"{flag}.ipynb"))["cells"] for output in cell.get("outputs", [])]
    said[flag] = "".join("".join(output.get("text", "")) for output in outputs).strip()
    print(f"papermill {version('papermill')}: -p flag {flag} -p run 007 gives {said[flag]}")
sys.exit(0 if said == {"false": "'false' True 7", "False": "False False 7"} else 1)
PROGRAM
