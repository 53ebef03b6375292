"""The recipe of docs/agents.md, run by a program that has nothing but the tools of jupyter-mcp-server.

`npm run test:mcp` starts it in an environment with what requirements-mcp.txt pins, and with the kernel. With `--quick` the
training lasts 20 seconds in place of three minutes.
"""

import asyncio
import re
import sys
from importlib.metadata import version

from agent import agent
from limits import limits
from report import check, failures, seconds, tell
from server import jupyter

PACKAGES = ("jupyter-mcp-server", "mcp", "jupyterlab", "jupyter-server", "jupyter-server-nbmodel", "jupyter-collaboration")
QUICK = "--quick" in sys.argv
SECONDS = 20 if QUICK else 180
EVERY = 3 if QUICK else 12

TRAINING = """
import { fit, presets, shapes, useEngine, ViT } from "vitlab";

await useEngine();
const train = shapes({ count: 2000, seed: 1 });
const validation = shapes({ count: 200, seed: 2, split: "test" });
const run = fit(new ViT(presets.tiny, { seed: 0 }), { train, validation, epochs: 1000, batchSize: 32 });
const end = Date.now() + 1000 * SECONDS;
let next = 0;
for await (const event of run) {
  if (Date.now() > end) run.stop();
  if (event.type !== "step" || Date.now() < next) continue;
  next = Date.now() + 1000;
  clearOutput(true);
  display({ "text/plain": `epoch ${event.epoch}, step ${event.update}: loss ${event.loss.toFixed(3)}` });
}
await run;
"""

GRID = """
import { datasetToTensor, imageGrid } from "vitlab";

const four = [0, 1, 2, 3];
const titles = four.map((i) => train.classNames[train.labels[i]]);
const grid = imageGrid(datasetToTensor(train, { indices: four }), { columns: 4, titles });
grid
"""

TYPE_ERROR = 'const count: number = "three";'
THROWN = """function half(n: number) {
  if (n % 2) throw new RangeError(`${n} is odd`);
  return n / 2;
}
half(3);"""


async def trained(ours):
    tell(f"A training of {SECONDS} seconds")
    index = await ours.insert(TRAINING.replace("SECONDS", str(SECONDS)))
    began = seconds()
    running = asyncio.create_task(ours.call("execute_cell", cell_index=index))
    readings = []
    while True:
        await asyncio.wait([running], timeout=EVERY)
        if running.done():
            break
        outputs = await ours.outputs(index)
        # What was read after the end is no partial output.
        if not running.done():
            readings.append(outputs.texts)
            tell(f"read_cell: {outputs.text or '(nothing)'}")
    answer, took = await running, seconds() - began
    tell(f"execute_cell, after {took:.0f} seconds: {answer.text}")

    found = [re.search(r"step (\d+): loss", " ".join(texts)) for texts in readings]
    steps = [int(match[1]) for match in found if match]
    check(took >= SECONDS, f"one call lasts {took:.0f} seconds and isn't cut off")
    check(len(steps) >= SECONDS / EVERY / 2, f"{len(steps)} of {len(readings)} readings meanwhile found its progress")
    check(steps == sorted(set(steps)), "each one further than the last")
    check(max(map(len, readings), default=0) == 1, "never more than one output: each display replaces the one before")
    taken = re.search(r"and ([\d,]+) steps", answer.text)
    count = int(taken[1].replace(",", "")) if taken else 0
    check(count >= max(steps, default=1), "the training says the same of its steps as the progress did")
    check(len(answer.texts) == 2, f"{count} steps leave two outputs: the last progress, and the curves")
    check(len(answer.beats) >= SECONDS / 10, f"the client heard {len(answer.beats)} times that the call is at work")
    return index


async def behind(ours):
    tell("A training that no call waits for")
    began = seconds()
    answer = await ours.run("const later = fit(new ViT(presets.tiny, { seed: 0 }), { train, epochs: 2 });")
    check(seconds() - began < 5, "a cell that begins one and doesn't await it ends at once")
    await asyncio.sleep(2)
    answer = await ours.call("execute_code", code="later")
    tell(f"execute_code: {answer.text}")
    check("training run: " in answer.text, "the run says how far it is")
    answer = await ours.call("execute_code", code="(await later).reason")
    check("finished" in answer.text, "and can be waited for")


async def figures(ours, index):
    tell("Figures in words")
    curves = (await ours.outputs(index)).texts[-1]
    check(re.search(r"training loss: \d+ values, first [\d.]+, last [\d.]+", curves), "curves are read as words")
    table = (await ours.run('[{ model: "tiny", accuracy: 0.5 }, { model: "small", accuracy: 0.61 }]')).text
    tell(table)
    check("accuracy" in table and "0.61" in table and "HTML" not in table, "so is a table")
    answer = await ours.run(GRID)
    check(answer.pictures == 1, "a grid of images is a picture, for who can see it")
    words = (await ours.run("grid.text")).text
    tell(f"grid.text: {words}")
    told = await ours.call("execute_code", code="titles.join()")
    names = told.text.strip("'").split(",")
    check(len(names) == 4 and all(f"{i}: {name}" in words for i, name in enumerate(names)), "`.text` names what is on it")
    cells = (await ours.notebook("lesson"))["cells"]
    bundles = [output["data"] for cell in cells for output in cell["outputs"] if "data" in output]
    drawn = [data for data in bundles if "image/png" in data or "image/svg+xml" in data]
    check(len(drawn) == 2 and all(len(data["text/plain"]) > 40 for data in drawn), "the notebook has words beside both")
    check(any(data["text/plain"] == curves for data in drawn), "the words that were read are the figure's own")


async def errors(ours, jupyter, log):
    tell("Errors")
    answer = await ours.run(TYPE_ERROR)
    tell(answer.text)
    check(re.search(r"Cell\[\d+\]:1:7 - error TS2322", answer.text), "a type error has its place and number")
    answer = await ours.run(THROWN)
    tell(answer.text)
    check("> 2 |" in answer.text and answer.text.endswith("RangeError: 3 is odd"), "what was thrown has its line")
    check("half" in (await ours.run("half(8) === 4 && 'half'")).text, "what the failing cell declared is kept")
    raw = tracebacks(await ours.notebook("lesson"))
    check(len(raw) == 2 and not any("\x1b" in text for text in raw), "with NO_COLOR=1 the notebook has no color in them")

    jupyter.add_kernel("colored", NO_COLOR="")
    jupyter.open_notebook("colored.ipynb", "colored")
    async with agent(jupyter, log, JUPYTER_MCP_EXECUTE_VIA_HTTP="1") as other:
        await other.call("use_notebook", notebook_name="colored", notebook_path="colored.ipynb")
        for cell in (TYPE_ERROR, THROWN):
            await other.run(cell)
        raw = tracebacks(await other.notebook("colored"))
        check(len(raw) == 2 and all("\x1b[31m" in text for text in raw), "with NO_COLOR empty the same two are colored")


def tracebacks(notebook):
    outputs = [output for cell in notebook["cells"] for output in cell["outputs"]]
    return ["\n".join(output["traceback"]) for output in outputs if output["output_type"] == "error"]


async def main():
    tell(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    with jupyter(NO_COLOR="1") as server, open(server.folder / ".mcp.log", "w") as log:
        server.open_notebook("lesson.ipynb")
        variables = {"JUPYTER_MCP_EXECUTE_VIA_HTTP": "1", "JUPYTER_MCP_EXECUTION_TIMEOUT": "3600"}
        async with agent(server, log, **variables) as ours:
            tell(f"Tools: {', '.join(await ours.tools())}")
            tell((await ours.call("use_notebook", notebook_name="lesson", notebook_path="lesson.ipynb")).text)
            kernels = await ours.call("list_kernels")
            check("TypeScript (vitlab)" in kernels.text, "the notebook runs on TypeScript (vitlab)")
            check((await ours.run("1 + 1")).text == "2", "1 + 1 is 2")
            index = await trained(ours)
            await figures(ours, index)
            await behind(ours)
            await errors(ours, server, log)
            await limits(ours, server, log)
    tell(f"{len(failures)} failed")


asyncio.run(main())
sys.exit(1 if failures else 0)
