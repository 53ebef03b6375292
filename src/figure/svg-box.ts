import { measureText } from "./fonts";

/** A rectangle in the coordinates of the element's parent. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * Bounding box of an SVG element, which jsdom does not know: texts are measured in the typeface of the figures,
 * rectangles and images by their attributes, groups by what is in them. Undefined when nothing has a size.
 */
export function svgBox(element: Element): Box | undefined {
  const box = ownBox(element);
  return box && moved(box, element.getAttribute("transform"));
}

function ownBox(element: Element): Box | undefined {
  switch (element.tagName.toLowerCase()) {
    case "text":
      return textBox(element);
    case "rect":
    case "image":
      return fromSize(number(element, "x"), number(element, "y"), number(element, "width"), number(element, "height"));
    case "path":
      return pathBox(element.getAttribute("d") ?? "");
    case "defs":
    case "clippath":
      return undefined;
    default:
      return Array.from(element.children, svgBox).reduce(union, undefined);
  }
}

function fromSize(left: number, top: number, width: number, height: number): Box {
  return { left, top, right: left + width, bottom: top + height };
}

function union(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (!a || !b) return a ?? b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

function textBox(element: Element): Box | undefined {
  const lines = Array.from(element.querySelectorAll("tspan.line"));
  const boxes = (lines.length > 0 ? lines : [element]).map((line) => lineBox(line, element));
  return boxes.reduce(union, undefined);
}

function lineBox(line: Element, text: Element): Box | undefined {
  if (!line.textContent) return undefined;
  const { width, ascent, descent } = runsSize(line);
  const size = fontSize(line);
  // A line that is an element of its own has its own shift; the one on the text around it doesn't reach it.
  const dy = length(line.getAttribute("dy"), size);
  const baseLine = number(text, "y") + dy;
  const anchor = text.getAttribute("text-anchor") ?? styleOf(text, "text-anchor") ?? "start";
  const left = number(text, "x") - width * ({ middle: 0.5, end: 1 }[anchor] ?? 0);
  return { left, top: baseLine - ascent, right: left + width, bottom: baseLine + descent };
}

/** Plotly sets bold, italic, sub- and superscript parts of a line as tspans of their own. */
function runsSize(node: Element): { width: number; ascent: number; descent: number } {
  const total = { width: 0, ascent: 0, descent: 0 };
  for (const child of Array.from(node.childNodes)) {
    const size =
      child.nodeType === 3
        ? measureText(child.textContent ?? "", { size: fontSize(node), weight: fontWeight(node) })
        : runsSize(child as Element);
    total.width += size.width;
    total.ascent = Math.max(total.ascent, size.ascent);
    total.descent = Math.max(total.descent, size.descent);
  }
  return total;
}

/** Plotly's paths are made of absolute commands; their end points are near enough for a layout. */
function pathBox(d: string): Box | undefined {
  let box: Box | undefined;
  let [x, y] = [0, 0];
  for (const [, command, rest] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const values = (rest!.match(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? []).map(Number);
    const relative = command === command!.toLowerCase();
    const last = (offset: number) => values.at(-offset) ?? 0;
    const kind = command!.toUpperCase();
    if (kind === "H") x = relative ? x + last(1) : last(1);
    else if (kind === "V") y = relative ? y + last(1) : last(1);
    else if (values.length >= 2) {
      x = relative ? x + last(2) : last(2);
      y = relative ? y + last(1) : last(1);
    }
    box = union(box, { left: x, top: y, right: x, bottom: y });
  }
  return box;
}

function moved(box: Box, transform: string | null): Box {
  let result = box;
  // The transformation written last is the first to act.
  for (const [, name, values] of [...(transform ?? "").matchAll(/(\w+)\(([^)]*)\)/g)].reverse()) {
    const [a = 0, b = 0, c = 0] = values!.split(/[\s,]+/).map(Number);
    if (name === "translate") result = mapCorners(result, (x, y) => [x + a, y + b]);
    else if (name === "rotate") {
      const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
      result = mapCorners(result, (x, y) => [b + (x - b) * cos - (y - c) * sin, c + (x - b) * sin + (y - c) * cos]);
    } else if (name === "scale") result = mapCorners(result, (x, y) => [x * a, y * (b || a)]);
  }
  return result;
}

function mapCorners({ left, top, right, bottom }: Box, map: (x: number, y: number) => [number, number]): Box {
  const corners = [map(left, top), map(right, top), map(left, bottom), map(right, bottom)];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function fontSize(node: Element): number {
  const own = styleOf(node, "font-size");
  if (own?.endsWith("%")) return (fontSize(node.parentElement!) * Number.parseFloat(own)) / 100;
  if (own) return Number.parseFloat(own);
  return node.parentElement ? fontSize(node.parentElement) : 12;
}

function fontWeight(node: Element | null): number {
  if (!node) return 400;
  const own = styleOf(node, "font-weight");
  if (!own) return fontWeight(node.parentElement);
  return { bold: 700, normal: 400 }[own] ?? (Number(own) || 400);
}

function styleOf(node: Element, property: string): string | undefined {
  const match = new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`).exec(node.getAttribute("style") ?? "");
  return match?.[1]?.trim();
}

function number(element: Element, attribute: string): number {
  return Number.parseFloat(element.getAttribute(attribute) ?? "") || 0;
}

function length(value: string | null, size: number): number {
  const amount = Number.parseFloat(value ?? "") || 0;
  return value?.endsWith("em") ? amount * size : amount;
}
