"""Records what Python's ipywidgets sends when widgets are made: `.venv/bin/python tests/goldens/widgets/make.py`.

Writes comm-opens.json beside itself: of each case the widget's name, its children, its options and the `data`, `metadata`
and buffers (in hexadecimal) of every comm_open, in order, with `IPY_MODEL_0`, `IPY_MODEL_1`, ... for the models.
"""

import json
from importlib.metadata import version
from pathlib import Path

import comm
import ipywidgets as widgets

opened = []


class RecordingComm(comm.base_comm.BaseComm):
    """A comm that keeps what would go over the wire."""

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        if msg_type != "comm_open":
            return
        kept = [bytes(buffer).hex() for buffer in buffers or []]
        opened.append({"id": self.comm_id, "data": data, "metadata": metadata, "buffers": kept})


def create(*args, **kwargs):
    return RecordingComm(*args, **kwargs)


comm.create_comm = create

SLIDER = {
    "description": "block",
    "disabled": True,
    "orientation": "vertical",
    "readout": False,
    "continuous_update": False,
    "behavior": "snap",
    "tooltip": "which block",
    "layout": {"width": "300px", "grid_area": "auto"},
    "style": {"description_width": "initial", "handle_color": "red"},
}
# Name, number of IntSliders inside, options; for an Image, value is text that becomes bytes.
CASES = [
    ("IntSlider", 0, {}),
    ("IntSlider", 0, {"min": 5, "max": 10}),
    ("IntSlider", 0, {"min": -5, "max": -1}),
    ("IntSlider", 0, {"value": 3, "min": -1, "max": 9, "step": 2, "readout_format": ".1f", **SLIDER}),
    ("FloatSlider", 0, {}),
    ("FloatSlider", 0, {"value": 0.25, "min": 0.125, "max": 0.5, "step": 0.125, "readout_format": ".3f", **SLIDER}),
    ("FloatLogSlider", 0, {}),
    ("FloatLogSlider", 0, {"value": 0.25, "min": -4, "max": 0, "base": 2, "step": 0.5, "readout_format": ".1e", **SLIDER}),
    ("IntRangeSlider", 0, {}),
    ("IntRangeSlider", 0, {"min": 3, "max": 9}),
    ("IntRangeSlider", 0, {"value": [2, 4], "min": 1, "max": 9, "step": 2, "readout_format": "o", **SLIDER}),
    ("Dropdown", 0, {}),
    ("Dropdown", 0, {"options": ["mean", "max"]}),
    (
        "Dropdown",
        0,
        {
            "options": [["first", 1], ["second", 2]],
            "value": 2,
            "description": "fusion",
            "disabled": True,
            "style": {"description_width": "9em"},
        },
    ),
    ("ToggleButtons", 0, {}),
    (
        "ToggleButtons",
        0,
        {
            "options": [3, 5],
            "value": 5,
            "description": "size",
            "tooltips": ["small", "large"],
            "icons": ["minus", "plus"],
            "button_style": "info",
            "style": {"button_width": "80px", "font_weight": "bold", "description_width": "5em"},
        },
    ),
    ("Checkbox", 0, {}),
    (
        "Checkbox",
        0,
        {"value": True, "description": "smooth", "indent": False, "disabled": True, "style": {"background": "#eee"}},
    ),
    ("Button", 0, {}),
    (
        "Button",
        0,
        {
            "description": "Stop",
            "icon": "stop",
            "button_style": "danger",
            "disabled": True,
            "style": {"button_color": "red", "font_weight": "bold"},
        },
    ),
    ("Text", 0, {}),
    (
        "Text",
        0,
        {
            "value": "cat",
            "placeholder": "a class",
            "description": "class",
            "continuous_update": False,
            "disabled": True,
            "style": {"text_color": "green", "font_size": "20px"},
        },
    ),
    ("IntText", 0, {}),
    ("IntText", 0, {"value": -3, "step": 2, "description": "dim", "continuous_update": True, "disabled": True}),
    ("FloatText", 0, {}),
    ("FloatText", 0, {"value": 0.25, "step": 0.5, "description": "dropout", "continuous_update": True}),
    ("IntProgress", 0, {}),
    (
        "IntProgress",
        0,
        {
            "value": 7,
            "min": 1,
            "max": 9,
            "bar_style": "success",
            "orientation": "vertical",
            "description": "epoch",
            "style": {"bar_color": "green"},
        },
    ),
    ("Play", 0, {}),
    (
        "Play",
        0,
        {
            "value": 2,
            "min": 1,
            "max": 6,
            "step": 2,
            "interval": 300,
            "playing": True,
            "repeat": True,
            "show_repeat": False,
            "description": "movie",
        },
    ),
    ("HTML", 0, {}),
    ("HTML", 0, {"value": "<b>ear</b>", "description": "seen", "placeholder": "nothing", "description_allow_html": True}),
    ("Image", 0, {}),
    ("Image", 0, {"value": "GIF89a", "format": "gif", "width": "20", "height": "30"}),
    ("Output", 0, {}),
    ("HBox", 0, {}),
    ("HBox", 2, {"box_style": "info", "layout": {"justify_content": "center"}}),
    ("VBox", 1, {}),
    ("GridBox", 2, {"layout": {"grid_template_columns": "1fr 1fr"}}),
    ("Tab", 0, {}),
    ("Tab", 2, {}),
    ("Tab", 2, {"titles": ["one", "two"], "selected_index": 1}),
    ("Accordion", 2, {}),
    ("Accordion", 2, {"titles": ["one"], "selected_index": 0}),
    ("jslink", 2, {}),
]


def make(name, children, options):
    """Makes the widget, and returns what was sent."""
    opened.clear()
    inside = [widgets.IntSlider() for _ in range(children)]
    if name == "jslink":
        made = widgets.jslink((inside[0], "value"), (inside[1], "max"))
    elif "Box" in name or name in ("Tab", "Accordion"):
        made = getattr(widgets, name)(inside, **options)
    elif name == "Image" and "value" in options:
        made = widgets.Image(**{**options, "value": options["value"].encode()})
    else:
        made = getattr(widgets, name)(**{key: read(key, value) for key, value in options.items()})
    sent = json.dumps(opened)
    for number, one in enumerate(opened):
        sent = sent.replace(one["id"], str(number))
    made.close()
    return [{key: each[key] for key in ("data", "metadata", "buffers")} for each in json.loads(sent)]


def read(key, value):
    """JSON has no tuples, by which ipywidgets knows pairs."""
    if key == "options" and isinstance(value[0], list):
        return [tuple(pair) for pair in value]
    return value


record = {
    "made": "by tests/goldens/widgets/make.py, with ipywidgets "
    f"{version('ipywidgets')}, traitlets {version('traitlets')}, comm {version('comm')}",
    "cases": [
        {"widget": name, "children": children, "options": options, "opened": make(name, children, options)}
        for name, children, options in CASES
    ],
}
target = Path(__file__).with_name("comm-opens.json")
target.write_text(json.dumps(record, separators=(",", ":")) + "\n")
print(f"{target.name}: {len(CASES)} cases, {target.stat().st_size} bytes")
