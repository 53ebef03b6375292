import { escapeHtml } from "./escape-html.mjs";

const ESC = "\u001b";
const COLOR = new RegExp(`${ESC}\\[([0-9;:]*)m`);
/** All else that terminals are told: to move, to clear, to set a title, to open a link. */
const OTHERS = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-ln-~]|\\][^\u0007${ESC}]*(?:\u0007|${ESC}\\\\)|[@-Z\\\\^_=>])`,
  "g",
);
const PLAIN = { bold: false, dim: false, italic: false, underline: false, color: "", ground: "" };

/** What a program printed, as it stands on a terminal in the end: overwritten lines once, its colors as classes `ansi-…`. */
export function ansiToHtml(text) {
  const parts = overwritten(text.replace(OTHERS, "")).split(COLOR);
  let look = PLAIN;
  return parts
    .map((part, i) => {
      if (i % 2 === 0) return spanOf(part, look);
      look = lookAfter(look, part);
      return "";
    })
    .join("");
}

/** Lines after what a carriage return or a backspace took away. */
function overwritten(text) {
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => {
      const kept = [];
      for (const character of line.replace(/\r+$/, "").split("\r").at(-1)) {
        if (character === "\b") kept.pop();
        else kept.push(character);
      }
      return kept.join("");
    })
    .join("\n");
}

function lookAfter(look, codes) {
  let now = look;
  const rest = codes.split(/[;:]/).map(Number);
  while (rest.length > 0) {
    const code = rest.shift();
    if (code === 38 || code === 48) now = { ...now, [code === 38 ? "color" : "ground"]: takeColor(rest) };
    else now = { ...now, ...changeBy(code) };
  }
  return now;
}

function changeBy(code) {
  if (code === 0) return PLAIN;
  if (code === 1) return { bold: true };
  if (code === 2) return { dim: true };
  if (code === 3) return { italic: true };
  if (code === 4) return { underline: true };
  if (code === 22) return { bold: false, dim: false };
  if (code === 23) return { italic: false };
  if (code === 24) return { underline: false };
  if (code === 39) return { color: "" };
  if (code === 49) return { ground: "" };
  if (code >= 30 && code <= 37) return { color: `${code - 30}` };
  if (code >= 90 && code <= 97) return { color: `${code - 82}` };
  if (code >= 40 && code <= 47) return { ground: `${code - 40}` };
  if (code >= 100 && code <= 107) return { ground: `${code - 92}` };
  return {};
}

/** A color of 256, or of red, green and blue: one of the 16 by its number, others as CSS has them. */
function takeColor(rest) {
  if (rest.shift() === 2) return `rgb(${rest.splice(0, 3).join(" ")})`;
  const index = rest.shift() ?? 0;
  if (index < 16) return `${index}`;
  if (index > 231)
    return `rgb(${Array(3)
      .fill(8 + 10 * (index - 232))
      .join(" ")})`;
  const levels = [36, 6, 1].map((step) => Math.floor((index - 16) / step) % 6);
  return `rgb(${levels.map((level) => (level === 0 ? 0 : 55 + 40 * level)).join(" ")})`;
}

function spanOf(text, look) {
  if (text === "") return "";
  const classes = ["bold", "dim", "italic", "underline"].filter((name) => look[name]).map((name) => `ansi-${name}`);
  const styles = [];
  for (const [value, name, property] of [
    [look.color, "ansi-color", "color"],
    [look.ground, "ansi-ground", "background-color"],
  ]) {
    if (/^\d+$/.test(value)) classes.push(`${name}-${value}`);
    else if (value) styles.push(`${property}:${value}`);
  }
  if (classes.length === 0 && styles.length === 0) return escapeHtml(text);
  const attributes = [
    classes.length > 0 ? ` class="${classes.join(" ")}"` : "",
    styles.length > 0 ? ` style="${styles.join(";")}"` : "",
  ];
  return `<span${attributes.join("")}>${escapeHtml(text)}</span>`;
}
