import ts from "typescript";

/**
 * What an example says that it prints, `{ line, text }` for each line: the comment behind a `console.log(…)`, or where
 * there is none those under it, up to the first line that is no comment.
 *
 * @throws Error for a `console.log` without such a comment.
 */
export function saidOutput({ file, program }) {
  const lines = program.split("\n");
  const source = ts.createSourceFile(file, program, ts.ScriptTarget.Latest, true);
  return logsOf(source).flatMap((call) => {
    const { line, character } = source.getLineAndCharacterOfPosition(call.getEnd());
    const behind = commentIn(lines[line].slice(character).replace(/^[;)}\s]*/, ""));
    if (behind !== undefined) return { line: line + 1, text: behind };
    const under = [];
    for (let at = line + 1; commentIn(lines[at]) !== undefined; at++)
      under.push({ line: at + 1, text: commentIn(lines[at]) });
    if (under.length === 0)
      throw new Error(`${file}:${line + 1}: this console.log doesn't say what it prints: add it as a comment behind`);
    return under;
  });
}

/** Whether a printed line is the one that was said. In what was said a number may go on: "0.73…" is 0.7312. */
export function isAsSaid(printed, said) {
  const literally = said.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literally.replace(/(?<=\d)…/g, "(?:…|\\d*)")}$`).test(printed.trimEnd());
}

/** What is wrong with the lines that an example printed, or nothing. */
export function outputProblem(example, printed) {
  const said = saidOutput(example);
  if (said.length === 0) return `${example.file}:${example.line}: says of nothing that it is printed: show a result`;
  const wrong = said.findIndex(({ text }, i) => printed[i] === undefined || !isAsSaid(printed[i], text));
  if (wrong >= 0) {
    const { line, text } = said[wrong];
    const instead = printed[wrong] === undefined ? "nothing" : printed[wrong];
    return `${example.file}:${line}: prints ${instead} where it says ${text}`;
  }
  if (printed.length > said.length)
    return `${example.file}:${said.at(-1).line}: prints also ${printed[said.length]}, of which it says nothing`;
}

/** The text of a comment that is all a line has. */
function commentIn(line) {
  return line?.match(/^\s*\/\/ ?(.*?)\s*$/)?.[1];
}

/** The calls of `console.log`, in the order in which they stand. */
function logsOf(node) {
  const below = [];
  ts.forEachChild(node, (child) => {
    below.push(...logsOf(child));
  });
  return ts.isCallExpression(node) && node.expression.getText() === "console.log" ? [...below, node] : below;
}
