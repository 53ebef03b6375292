"""What doesn't work with this jupyter-mcp-server, and docs/agents.md says so: once it does, these checks fail."""

import asyncio
import re

from agent import agent
from report import check, tell

UPDATED = """
display({ "text/plain": "begun" }, { displayId: "progress" });
display({ "text/plain": "ended" }, { displayId: "progress", update: true });
"""

SLOW = """
for (let i = 0; i < 8; i++) {
  console.log(`line ${i}`);
  await new Promise((resolve) => setTimeout(resolve, 500));
}
"""

ENDLESS = """
const endless = fit(new ViT(presets.tiny, { seed: 0 }), { train, epochs: 100_000 });
await endless;
"""

PICTURE = """
import { datasetToTensor, imageGrid, shapes } from "vitlab";
imageGrid(datasetToTensor(shapes({ count: 2, seed: 1 })))
"""


async def limits(ours, jupyter, log):
    tell("Limits")
    answer = await ours.run(UPDATED)
    check("begun" in answer.text and "ended" not in answer.text, "limit: a display isn't updated by its displayId")

    answer = await ours.run(ENDLESS, timeout=8)
    check("timed out after 8 seconds" in answer.text, "limit: a call that runs out of time is told so, without outputs")
    index = await ours.insert("console.log('begun');\nawait new Promise((resolve) => setTimeout(resolve, 60_000));")
    answer = await ours.call("execute_cell", cell_index=index, timeout=3)
    kept = (await ours.outputs(index)).text
    check("begun" not in answer.text and "begun" in kept and "KeyboardInterrupt" in kept, "read_cell has them")
    answer = await ours.run("(await endless).reason")
    check("interrupted" in answer.text, "the training was interrupted with it, and its model and run are kept")

    answer = await ours.run("for (let i = 0; i < 10_000; i++) console.log(`line ${i}`);")
    lines = re.findall(r"^line \d+$", answer.text, re.MULTILINE)
    check(len(lines) > 9_900, "limit: ten thousand lines come as ten thousand")

    answer = await ours.run("const figure = imageGrid(datasetToTensor(train, { indices: [0] }));\nfigure")
    check(answer.pictures == 1 and not answer.texts, "limit: a PNG comes as a picture, without its words")

    jupyter.open_notebook("late.ipynb")
    async with agent(jupyter, log, ALLOW_IMG_OUTPUT="false") as late:
        await late.call("use_notebook", notebook_name="late", notebook_path="late.ipynb")
        index = await late.insert(SLOW)
        running = asyncio.create_task(late.call("execute_cell", cell_index=index))
        await asyncio.sleep(3)
        seen, over = await late.outputs(index), running.done()
        answer = await running
        sentence = "limit: without JUPYTER_MCP_EXECUTE_VIA_HTTP a cell has no output before it ends"
        check(not over and not seen.texts and "line 7" in answer.text, sentence)

        answer = await late.run(PICTURE)
        words = "limit: with ALLOW_IMG_OUTPUT=false a PNG is a line that says that there is one"
        check(answer.pictures == 0 and "PNG" in answer.text and "images of" not in answer.text, words)

        before = (await late.call("list_kernels")).text
        (jupyter.folder / "new.ipynb").write_bytes((jupyter.folder / "late.ipynb").read_bytes())
        await late.call("use_notebook", notebook_name="new", notebook_path="new.ipynb", kernel_id="NEW")
        after = (await late.call("list_kernels")).text
        sentence = "limit: kernel_id NEW starts python3, whatever the notebook says"
        check("python3" not in before and "python3" in after, sentence)
