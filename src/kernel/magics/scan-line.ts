/** What has to be known of the code before a line to tell whether a statement begins there. */
export interface ScanState {
  /** What is open, outermost first: brackets, `${` of a template, a template itself, a comment. */
  readonly open: readonly string[];
  /** The last word or sign outside of comments; empty at the beginning. */
  readonly last: string;
  /** Indentation of the last line that had code in it. */
  readonly indent: number;
}

export interface ScannedLine extends ScanState {
  /** Where the code ends and a comment up to the end of the line begins. */
  readonly codeEnd: number;
  /** Where there are semicolons with nothing else open than before the line. */
  readonly semicolons: readonly number[];
  readonly hasAwait: boolean;
}

export const START: ScanState = { open: [], last: "", indent: 0 };

const OPENING = new Map([
  [")", "("],
  ["]", "["],
]);

const WORD = /[\w$\u0080-\uffff]+/y;

/** After these words an expression begins, so that a slash opens a regular expression. */
const BEFORE_EXPRESSION = new Set(
  "await case delete do else extends in instanceof new of return throw typeof void yield".split(" "),
);

/** Reads one line of TypeScript: strings, templates, comments, regular expressions and brackets, not more. */
export function scanLine(line: string, before: ScanState, base = before.open.length): ScannedLine {
  const open = [...before.open];
  const semicolons: number[] = [];
  const hasCode = inCode(before) && /\S/.test(line);
  let { last } = before;
  let hasAwait = false;
  let codeEnd = line.length;
  let i = 0;
  while (i < line.length) {
    const top = open.at(-1);
    const character = line[i] as string;
    const two = line.slice(i, i + 2);
    if (top === "/*") {
      const end = line.indexOf("*/", i);
      if (end === -1) break;
      open.pop();
      i = end + 2;
    } else if (top === "`") {
      if (character === "`") {
        open.pop();
        last = "`";
      } else if (two === "${") open.push("${");
      i += two === "${" || character === "\\" ? 2 : 1;
    } else if (two === "//") {
      codeEnd = i;
      break;
    } else if (two === "/*") {
      open.push("/*");
      i += 2;
    } else if (character === '"' || character === "'") {
      i = skipQuoted(line, i);
      last = character;
    } else if (character === "/" && !endsOperand(last)) {
      i = skipRegularExpression(line, i);
      last = "'";
    } else if (/[\w$\u0080-\uffff]/.test(character)) {
      WORD.lastIndex = i;
      last = WORD.exec(line)?.[0] as string;
      hasAwait ||= last === "await";
      i += last.length;
    } else {
      if (character === "`" || character === "(" || character === "[" || character === "{") open.push(character);
      else if (character === "}" && (top === "{" || top === "${")) open.pop();
      else if (top !== undefined && OPENING.get(character) === top) open.pop();
      else if (character === ";" && open.length === base) semicolons.push(i);
      if (two === "++" || two === "--") {
        last = two;
        i++;
      } else if (/\S/.test(character)) last = character;
      i++;
    }
  }
  const indent = hasCode ? indentation(line) : before.indent;
  return { open, last, indent, codeEnd, semicolons, hasAwait };
}

/** Whether the next line is code: neither in a template nor in a comment. */
export function inCode({ open }: ScanState): boolean {
  const top = open.at(-1);
  return top !== "`" && top !== "/*";
}

/**
 * Whether a statement begins at the next line, given the line's indentation: "no" within brackets and after an operator,
 * "maybe" where the line could also continue what stands before it.
 */
export function statementStart(before: ScanState, line: string): "yes" | "maybe" | "no" {
  const top = before.open.at(-1);
  if (top !== undefined && top !== "{") return "no";
  if (["", ";", "{"].includes(before.last)) return "yes";
  // As formatters do it, a line that continues an expression is indented more than the line before it.
  return endsOperand(before.last) && indentation(line) <= before.indent ? "maybe" : "no";
}

function endsOperand(last: string): boolean {
  if (/^[\w$\u0080-\uffff]/.test(last)) return !BEFORE_EXPRESSION.has(last);
  return [")", "]", "}", "'", '"', "`", "++", "--"].includes(last);
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

function skipQuoted(line: string, start: number): number {
  let i = start + 1;
  while (i < line.length && line[i] !== line[start]) i += line[i] === "\\" ? 2 : 1;
  return i + 1;
}

function skipRegularExpression(line: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < line.length; i++) {
    if (line[i] === "\\") i++;
    else if (line[i] === "[") inClass = true;
    else if (line[i] === "]") inClass = false;
    else if (line[i] === "/" && !inClass) return i + 1;
  }
  return start + 1;
}
