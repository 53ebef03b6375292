"""What a person types or writes into a notebook, in each kernel's language, beyond what the dialects have."""

from dataclasses import dataclass, replace

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"


@dataclass(frozen=True)
class Phrases:
    base: str  # declares `base`, the number 20
    twice: str  # prints "twice is 40"
    failure: str  # what the dialect's `error` is called
    begun: str  # prints "begun", which stands nowhere in it, and goes on for ever
    half: str  # a member's name begun, with only one way to end it
    whole: str
    called: str  # what follows, for a value that shows as "A" in quotes
    function: str  # one that every program has
    block: tuple[str, ...]  # lines, the last of which ends it; prints 44
    help: str  # what asking for help about `base` tells
    picture: str  # shows a PNG
    parameters: str  # `optimizer` is "adam" or "sgd", `epochs` a number
    compare: str  # prints "small steps, 42" for sgd and 41 epochs
    comment: str  # what begins one
    request: str  # declares what a web API puts a request in
    greet: str  # the cell that answers it


TYPESCRIPT = Phrases(
    base="const base: number = 20;",
    twice="console.log(`twice is ${2 * base}`);",
    failure="Error: boom",
    begun="console.log('be' + 'gun'); while (true) {}",
    half="'a'.toUpperC",
    whole="'a'.toUpperCase",
    called="()",
    function="parseInt",
    block=("for (const n of [20, 22]) {", "console.log(n * 2);", "}"),
    help="const base: number",
    picture=f"display({{ 'image/png': '{PIXEL}' }});",
    parameters='const optimizer: "adam" | "sgd" = "adam";\nconst epochs: number = 1;',
    compare="console.log(`${optimizer === 'sgd' ? 'small' : 'own'} steps, ${epochs + 1}`);",
    comment="//",
    request='let REQUEST = "";',
    greet="// GET /hello/:name\nconsole.log(`hello, ${JSON.parse(REQUEST).path.name}`);",
)
TSLAB = replace(
    TYPESCRIPT, picture=f"import {{ display }} from 'tslab'; display.png(new Uint8Array(Buffer.from('{PIXEL}', 'base64')));"
)
DENO = replace(
    TYPESCRIPT, picture=f"await Deno.jupyter.display({{ 'image/png': '{PIXEL}' }}, {{ raw: true }});"
)
PYTHON = Phrases(
    base="base = 20",
    twice="print(f'twice is {2 * base}')",
    failure="ValueError: boom",
    begun="print('be' + 'gun'); any(False for _ in iter(int, 1))",
    half="'a'.uppe",
    whole="'a'.upper",
    called="()",
    function="isinstance",
    block=("for n in [20, 22]:", "print(n * 2)", "", ""),
    help="Type: +int",
    picture=f"from base64 import b64decode; from IPython.display import Image, display; display(Image(b64decode('{PIXEL}')))",
    parameters='optimizer = "adam"\nepochs = 1',
    compare="print('small' if optimizer == 'sgd' else 'own', f'steps, {epochs + 1}')",
    comment="#",
    request='REQUEST = ""',
    greet="# GET /hello/:name\nimport json; print('hello,', json.loads(REQUEST)['path']['name'])",
)


def phrases_of(kernel_name):
    return {"tslab": TSLAB, "deno": DENO, "python3": PYTHON}.get(kernel_name, TYPESCRIPT)
