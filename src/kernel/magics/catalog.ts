import { editDistance } from "../../base/edit-distance";

export interface Magic {
  /** Without its `%`. */
  readonly name: string;
  /** `line` stands for `%name`, `cell` for `%%name`; expression magics take TypeScript, the others a text. */
  readonly kind: "line" | "expression" | "cell";
  /** A cell magic about TypeScript, as `%%time` is. */
  readonly code?: true;
  readonly usage: string;
  readonly help: string;
}

/** Every magic, in the order in which `%lsmagic` lists them. */
export const MAGICS: readonly Magic[] = [
  line("cd", "%cd FOLDER", "Changes the working folder."),
  line("env", "%env [NAME[=VALUE]]", "Shows the environment variables, shows one, or sets one."),
  line(
    "history",
    "%history [-n] [-l COUNT] [RANGE…]",
    "Shows the cells so far, numbered with -n: all, the last COUNT, or those of a RANGE such as 2-5.",
  ),
  line("load", "%load FILE", "Replaces this cell by the text of a file."),
  line("ls", "%ls [FOLDER]", "Lists the files of a folder."),
  line("lsmagic", "%lsmagic", "Lists the magics."),
  line("memory", "%memory", "Shows the tensors that are alive, and the memory of the process."),
  line("pwd", "%pwd", "The working folder."),
  line("reset", "%reset [-f]", "Forgets every variable, without asking. Stands at the beginning of a cell."),
  line(
    "run",
    "%run FILE",
    "Runs a .ts, .js or .ipynb file as if it stood in the cell: what it declares stays. Stands alone.",
  ),
  expression(
    "time",
    "%time EXPRESSION",
    "Runs the expression once and tells how long it took. Its value is the cell's.",
  ),
  expression(
    "timeit",
    "%timeit [-n LOOPS] [-r RUNS] EXPRESSION",
    "Measures how long the expression takes: RUNS times (7) the mean of LOOPS loops (as many as take 0.2 s). Promises are awaited.",
  ),
  line("who", "%who", "Lists the variables."),
  line("whos", "%whos", "Lists the variables with their types and values."),
  cell("bash", "%%bash", "Runs the cell in bash; an exit code other than 0 is an error."),
  codeCell(
    "capture",
    "%%capture [NAME] [--no-stdout] [--no-stderr] [--no-display]",
    "Runs the cell without showing its output; NAME.stdout, NAME.stderr and NAME.outputs hold it, NAME.show() shows it.",
  ),
  cell("file", "%%file [-a] FILE", "The same as %%writefile."),
  cell("html", "%%html", "Shows the cell as HTML."),
  cell("javascript", "%%javascript", "Runs the cell as JavaScript in the browser."),
  cell("js", "%%js", "The same as %%javascript."),
  cell("latex", "%%latex", "Shows the cell as LaTeX."),
  cell("markdown", "%%markdown", "Shows the cell as Markdown."),
  cell("python", "%%python", "Runs the cell in python3."),
  cell("script", "%%script COMMAND", "Runs COMMAND with the cell as its input."),
  cell("sh", "%%sh", "Runs the cell in sh."),
  cell("svg", "%%svg", "Shows the cell as an SVG picture."),
  codeCell("time", "%%time", "Runs the cell and tells how long it took."),
  codeCell(
    "timeit",
    "%%timeit [-n LOOPS] [-r RUNS] [SETUP]",
    "Measures how long the cell takes, as %timeit does; SETUP runs once before.",
  ),
  cell("writefile", "%%writefile [-a] FILE", "Writes the cell to a file, or appends it to the file."),
];

/** `%name` or `%%name`. */
export function magicTitle({ name, kind }: Magic): string {
  return `${kind === "cell" ? "%%" : "%"}${name}`;
}

/** The magic of that title, such as `%time`. */
export function magicOf(title: string): Magic | undefined {
  return MAGICS.find((magic) => magicTitle(magic) === title);
}

/** How a magic is used and what it does; undefined where there is none of that title. */
export function magicHelp(title: string): string | undefined {
  const found = magicOf(title);
  return found && `${found.usage}\n\n${found.help}`;
}

/** What `%lsmagic` prints. */
export function magicList(): string {
  const titles = (cells: boolean) => MAGICS.filter(({ kind }) => (kind === "cell") === cells).map(magicTitle);
  return [
    "Available line magics:",
    titles(false).join("  "),
    "",
    "Available cell magics:",
    titles(true).join("  "),
    "",
    "!COMMAND ARGUMENT … runs a command of the shell; NAME? shows help.",
  ].join("\n");
}

/** What is wrong with a magic that doesn't exist, and which one may have been meant. */
export function unknownMagic(title: string): string {
  const cellMagic = title.startsWith("%%");
  const name = title.replace(/^%+/, "");
  const twin = MAGICS.find((magic) => magic.name === name);
  if (twin)
    return cellMagic
      ? `${title} isn't a cell magic: write ${magicTitle(twin)}, which is for one line.`
      : `${title} isn't a line magic: write ${magicTitle(twin)} in the first line of a cell, which is for the whole cell.`;
  const nearest = MAGICS.filter(({ kind }) => (kind === "cell") === cellMagic)
    .map((magic) => ({ magic, distance: editDistance(name, magic.name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const meant = nearest && nearest.distance <= 2 ? ` Did you mean ${magicTitle(nearest.magic)}?` : "";
  return `There is no magic ${title}.${meant} %lsmagic lists them.`;
}

function line(name: string, usage: string, help: string): Magic {
  return { name, kind: "line", usage, help };
}

function expression(name: string, usage: string, help: string): Magic {
  return { name, kind: "expression", usage, help };
}

function codeCell(name: string, usage: string, help: string): Magic {
  return { name, kind: "cell", code: true, usage, help };
}

function cell(name: string, usage: string, help: string): Magic {
  return { name, kind: "cell", usage, help };
}
