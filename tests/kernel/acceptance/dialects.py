"""What the checks need to say in each kernel's own way: the same requests, in other words."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Dialect:
    language: str
    extension: str
    hello: str  # prints "hello, world"
    stderr: str
    expression: str  # its value shows as "42"
    assignment: str
    incomplete: str
    syntax_error: str
    error: str
    declaration: str  # of testVariable, the number 42
    display: str  # a display_data with text/html
    update: str  # a display_data, and an update_display_data of it
    rich: str  # an expression whose value shows as text/html
    input: str  # asks for a line with the prompt "Enter: ", and prints it
    endless: str
    clear: str


TYPESCRIPT = Dialect(
    language="typescript",
    extension=".ts",
    hello="console.log('hello, world')",
    stderr="console.error('error')",
    expression="6 * 7",
    assignment="const one = 1;",
    incomplete="const x = {",
    syntax_error="function function",
    error="throw new Error('boom')",
    declaration="const testVariable = 42;",
    display="display({ 'text/html': '<b>bold</b>' });",
    update="display({ 'text/html': '<b>1</b>' }, { displayId: 'test' });"
    " display({ 'text/html': '<b>2</b>' }, { displayId: 'test', update: true });",
    rich="({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>rich</b>', 'text/plain': 'rich' }) })",
    input="console.log(await input('Enter: '));",
    endless="while (true) {}",
    clear="clearOutput();",
)

TSLAB = replace(
    TYPESCRIPT,
    display="import { display } from 'tslab'; display.html('<b>bold</b>');",
    update="import { newDisplay } from 'tslab'; const shown = newDisplay(); shown.html('<b>1</b>'); shown.html('<b>2</b>');",
)

DENO = replace(
    TYPESCRIPT,
    display="await Deno.jupyter.display({ 'text/html': '<b>bold</b>' }, { raw: true });",
    update="await Deno.jupyter.display({ 'text/html': '1' }, { raw: true, display_id: 'test' });"
    " await Deno.jupyter.display({ 'text/html': '2' }, { raw: true, display_id: 'test', update: true });",
    input="console.log(prompt('Enter: '));",
    clear="await Deno.jupyter.broadcast('clear_output', { wait: false });",
)

PYTHON = Dialect(
    language="python",
    extension=".py",
    hello="print('hello, world')",
    stderr="import sys; print('error', file=sys.stderr)",
    expression="6 * 7",
    assignment="one = 1",
    incomplete="def f(",
    syntax_error="def def",
    error="raise ValueError('boom')",
    declaration="testVariable = 42",
    display="from IPython.display import display, HTML; display(HTML('<b>bold</b>'))",
    update="from IPython.display import display, HTML; h = display(HTML('1'), display_id='test'); h.update(HTML('2'))",
    rich="from IPython.display import HTML; HTML('<b>rich</b>')",
    input="print(input('Enter: '))",
    endless="while True: pass",
    clear="from IPython.display import clear_output; clear_output()",
)


# Kernels that aren't ours.
OTHERS = {"tslab": TSLAB, "deno": DENO, "python3": PYTHON}


def dialect_of(kernel_name):
    return OTHERS.get(kernel_name, TYPESCRIPT)
