"""What an executed notebook looks like in the repository: the same on every machine, and after every run."""

import base64
import json
import re

import nbformat
from repack_png import repack_png

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def tidy(notebook, kernel, root):
    """
    Numbers the cells, joins streams, and removes what belongs to the machine or the moment; in place. `language_info` stays
    as the kernel told it: JupyterLab marks a notebook that has another one as changed as soon as it is opened.
    """
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        if cell.source.strip():
            count += 1
            cell.execution_count = count
        cell.outputs = merge_streams(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
            hide_paths(output, root)
            repack_pictures(output)
    notebook.metadata.kernelspec = {
        "display_name": kernel["displayName"],
        "language": kernel["language"],
        "name": kernel["name"],
    }
    drop_unset(notebook)
    return with_numbered_widgets(notebook)


def drop_unset(notebook):
    """Leaves out what a widget's layout and style don't say, as ipywidgets does with what is at its default."""
    for model in widget_models(notebook).values():
        if model["model_name"].endswith(("LayoutModel", "StyleModel")):
            model["state"] = {name: value for name, value in model["state"].items() if value is not None}


def widget_models(notebook):
    return notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})


def with_numbered_widgets(notebook):
    """The models of widgets have random names: here they get numbers, in their order, so that a second run has the same."""
    state = widget_models(notebook)
    numbered = {name: f"widget-{number}" for number, name in enumerate(state, 1)}
    if not numbered or any(name.startswith("widget-") for name in state):
        return notebook
    names = re.compile("|".join(map(re.escape, numbered)))
    return nbformat.from_dict(json.loads(names.sub(lambda found: numbered[found[0]], json.dumps(notebook))))


def merge_streams(outputs):
    """Joins stream outputs of the same name that follow each other: how a kernel cuts its text is chance."""
    merged = []
    for output in outputs:
        before = merged[-1] if merged else None
        if before and output.output_type == "stream" == before.output_type and output.name == before.name:
            before.text += output.text
        else:
            merged.append(output)
    for output in merged:
        if output.output_type == "stream":
            output.text = last_writing(output.text)
    return merged


def last_writing(text):
    """What a terminal shows in the end of lines that were written over with a carriage return."""
    return "\n".join(line.rstrip("\r").split("\r")[-1] for line in text.split("\n"))


def repack_pictures(output):
    picture = output.get("data", {}).get("image/png")
    if picture:
        output.data["image/png"] = base64.b64encode(repack_png(base64.b64decode(picture))).decode() + "\n" * picture.endswith("\n")


def hide_paths(output, root):
    """Writes paths below the project's root relative to it."""
    if output.output_type == "stream":
        output.text = relative(output.text, root)
    for mime, value in output.get("data", {}).items():
        if mime.startswith("text/") and isinstance(value, str):
            output.data[mime] = relative(value, root)


def relative(text, root):
    return re.sub(re.escape(root) + r"(?:[/\\]|(?=[\s\"'`),:;]|$))", lambda found: "" if found[0] != root else ".", text)
