"""What an agent has: the tools and resources of jupyter-mcp-server, started over stdio, and nothing else."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from server import programs


@dataclass
class Answer:
    """What a tool gave: its texts, how many pictures, and how often it said meanwhile that it is at work."""

    texts: list
    pictures: int = 0
    beats: list = field(default_factory=list)

    @property
    def text(self):
        return "\n".join(self.texts)


class Agent:
    def __init__(self, session):
        self.session = session

    async def tools(self):
        return [tool.name for tool in (await self.session.list_tools()).tools]

    async def call(self, tool, **arguments):
        beats = []

        async def beat(progress, total, message):
            beats.append(message)

        result = await self.session.call_tool(tool, arguments, progress_callback=beat)
        texts = [part.text for part in result.content if part.type == "text"]
        pictures = sum(part.type == "image" for part in result.content)
        if result.is_error:
            raise RuntimeError(f"{tool}: {' '.join(texts)}")
        return Answer(texts, pictures, beats)

    async def insert(self, source):
        """Adds a cell at the end and returns its index."""
        answer = await self.call("insert_cell", cell_index=-1, cell_type="code", cell_source=source)
        return int(answer.text.split("at index ")[1].split()[0])

    async def run(self, source, **options):
        return await self.call("execute_cell", cell_index=await self.insert(source), **options)

    async def outputs(self, index):
        """The outputs of a cell as `read_cell` tells them, without its first two parts: a title and the source."""
        answer = await self.call("read_cell", cell_index=index)
        return Answer(answer.texts[2:], answer.pictures)

    async def notebook(self, name):
        """The notebook as nbformat has it, from the server's resource: outputs with all that the kernel sent."""
        resource = await self.session.read_resource(f"notebook://{name}")
        return json.loads(resource.contents[0].text)


@asynccontextmanager
async def agent(jupyter, log, **variables):
    """Starts jupyter-mcp-server with the environment variables of the recipe, or others."""
    needed = {"JUPYTER_URL": jupyter.url, "JUPYTER_TOKEN": jupyter.token, "START_NEW_CODE_SANDBOX": "false"}
    command = str(programs / "jupyter-mcp-server")
    server = StdioServerParameters(command=command, env={**jupyter.env, **needed, **variables})
    async with stdio_client(server, errlog=log) as (read, write), ClientSession(read, write) as session:
        await asyncio.wait_for(session.initialize(), 120)
        yield Agent(session)
