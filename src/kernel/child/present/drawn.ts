import { count, cutText } from "./cut-text";
import { base64 } from "./image";

const ELEMENT_NODE = 1;

interface ElementLike {
  readonly nodeName: string;
  readonly outerHTML: string;
}

interface CanvasLike {
  readonly width: number;
  readonly height: number;
  toBuffer(type: string): unknown;
}

/** An element of jsdom, linkedom and the like as HTML or SVG; null for any other value. Throws what its getters throw. */
export function elementBundle(value: unknown): Record<string, string> | null {
  if (!isElement(value)) return null;
  const html = value.outerHTML;
  const type = value.nodeName.toLowerCase() === "svg" ? "image/svg+xml" : "text/html";
  return { [type]: type === "text/html" ? html : withNamespaces(html), "text/plain": cutText(html) };
}

/** A canvas of @napi-rs/canvas, node-canvas and the like as PNG; null for any other value. Throws what its getters throw. */
export function canvasBundle(value: unknown): Record<string, string> | null {
  if (!isCanvas(value)) return null;
  const bytes = value.toBuffer("image/png");
  if (!(bytes instanceof Uint8Array)) return null;
  const text = `Canvas ${value.width} × ${value.height}, ${count(bytes.length)} bytes as PNG`;
  return { "image/png": base64(bytes), "text/plain": text };
}

function isElement(value: unknown): value is ElementLike {
  if (typeof value !== "object" || value === null) return false;
  const { nodeType, nodeName, outerHTML } = value as Record<string, unknown>;
  return nodeType === ELEMENT_NODE && typeof nodeName === "string" && typeof outerHTML === "string";
}

function isCanvas(value: unknown): value is CanvasLike {
  if (typeof value !== "object" || value === null) return false;
  const { width, height, toBuffer, getContext } = value as Record<string, unknown>;
  const methods = typeof toBuffer === "function" && typeof getContext === "function";
  return methods && typeof width === "number" && typeof height === "number";
}

/** Inside of a page an SVG needs none; as a picture of its own it isn't drawn without. */
function withNamespaces(svg: string): string {
  const tag = /^<svg[^>]*/i.exec(svg)?.[0] ?? "";
  const missing = [
    / xmlns=/.test(tag) ? "" : ' xmlns="http://www.w3.org/2000/svg"',
    !svg.includes("xlink:") || tag.includes(" xmlns:xlink=") ? "" : ' xmlns:xlink="http://www.w3.org/1999/xlink"',
  ];
  return svg.replace(/^<svg/i, `<svg${missing.join("")}`);
}
