import ts from "typescript";
import type { Inspection } from "./protocol";

/** What is known of a name, as Markdown: its signature as TypeScript, its docstring, its tags. */
export function inspectionMarkdown(info: ts.QuickInfo): string {
  const signature = ts.displayPartsToString(info.displayParts);
  const documentation = ts.displayPartsToString(info.documentation);
  const parts = [`\`\`\`typescript\n${signature}\n\`\`\``, documentation, ...(info.tags ?? []).map(tagMarkdown)];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** The Jupyter inspection of a name; `print` makes the plain text. */
export function inspection(info: ts.QuickInfo, print: (info: ts.QuickInfo) => string): Inspection {
  return { text: print(info), markdown: inspectionMarkdown(info) };
}

/** Where the name of the function is whose parentheses are around `cursor`; undefined outside of all calls. */
export function calleeAt(code: string, cursor: number): number | undefined {
  const file = ts.createSourceFile("cell.tsx", code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  let found: number | undefined;
  // A call without its closing parenthesis ends before the space behind it.
  const behind = (end: number): number => end + /^\s*/.exec(code.slice(end))![0].length;
  const visit = (node: ts.Node): void => {
    if (node.pos > cursor || behind(node.end) < cursor) return;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && node.arguments) {
      const { expression, arguments: args } = node;
      const closed = code[node.end - 1] === ")" && node.end > args.end;
      const inside = args.pos <= cursor && cursor <= (closed ? node.end - 1 : behind(node.end));
      if (inside)
        found = ts.isPropertyAccessExpression(expression) ? expression.name.getStart(file) : expression.getStart(file);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function tagMarkdown(tag: ts.JSDocTagInfo): string {
  const text = ts.displayPartsToString(tag.text).trim();
  if (tag.name === "example")
    return `**Example**\n\n${text.includes("```") ? text : `\`\`\`typescript\n${text}\n\`\`\``}`;
  if (tag.name === "param") {
    const [, name = "", rest = ""] = /^(\S+)\s*-?\s*([\s\S]*)$/.exec(text) ?? [];
    return `*@param* \`${name}\`${rest ? ` — ${rest}` : ""}`;
  }
  return `*@${tag.name}*${text ? ` ${text}` : ""}`;
}
