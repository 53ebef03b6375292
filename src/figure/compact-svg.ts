import { createHash } from "node:crypto";
import { plainText, xmlCharacters } from "../base/plain-text";
import { theme } from "./theme";

/** What jsdom's window has of the DOM's own classes. */
interface DomWindow {
  DOMParser: typeof DOMParser;
  XMLSerializer: typeof XMLSerializer;
}

// Hooks for Plotly's own scripts and style sheet, of no use to a picture.
const USELESS_ATTRIBUTES = ["class", "data-unformatted", "data-math", "data-notex", "pointer-events", "xmlns"];

// What a property is when nobody says so: saying so only makes the file longer.
const DEFAULTS: Record<string, string> = {
  opacity: "1",
  "fill-opacity": "1",
  "stroke-opacity": "1",
  "stroke-width": "1px",
  "white-space": "pre",
  "font-weight": "400",
  "vector-effect": "none",
  "pointer-events": "none",
  "shape-rendering": "auto",
};
const USELESS_PROPERTIES = ["cursor", "pointer-events", "user-select", "background", "text-shadow"];
const NUMERIC_ATTRIBUTES = ["d", "transform", "x", "y", "x1", "y1", "x2", "y2", "dy", "width", "height", "points", "r"];
const CONTAINERS = ["g", "defs", "clippath", "tspan"];

/**
 * Makes the SVG that Plotly exports small and stable: no empty groups, no unused definitions, no defaults spelled
 * out, two decimals, and ids that depend on `content` alone, so that two figures in one page never share one.
 */
export function compactSvg(svg: string, window: DomWindow, content: string, label = ""): string {
  const document = new window.DOMParser().parseFromString(xmlCharacters(svg), "image/svg+xml");
  const root = document.documentElement;
  // A picture needs nothing outside itself: of a link its text is left.
  for (const link of root.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  for (const element of elementsOf(root)) {
    // Plotly's style sheet, which a picture can't take along, draws these lines without blur.
    if (element.getAttribute("class")?.split(" ").includes("crisp")) {
      element.setAttribute("shape-rendering", "crispEdges");
    }
    for (const name of USELESS_ATTRIBUTES) if (element !== root) element.removeAttribute(name);
    for (const name of NUMERIC_ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, rounded(value));
    }
    if (element.getAttribute("transform") === "") element.removeAttribute("transform");
    const opacity = element.getAttribute("stop-opacity");
    if (opacity === "1") element.removeAttribute("stop-opacity");
    const stop = element.getAttribute("stop-color");
    if (stop) element.setAttribute("stop-color", hexColors(stop));
    element.setAttribute("style", compactStyle(element));
    if (!element.getAttribute("style")) element.removeAttribute("style");
  }
  for (let before = -1; before !== count(root); ) {
    before = count(root);
    removeUnseen(root);
  }
  renameIds(root, createHash("sha256").update(content).digest("hex").slice(0, 8));
  root.removeAttribute("class");
  root.setAttribute("style", `font-family:${theme.fontFamily}`);
  root.setAttribute("role", "img");
  if (label) root.setAttribute("aria-label", plainText(label));
  return new window.XMLSerializer().serializeToString(root);
}

function elementsOf(root: Element): Element[] {
  return [root, ...Array.from(root.querySelectorAll("*"))];
}

function count(root: Element): number {
  return root.querySelectorAll("*").length;
}

function compactStyle(element: Element): string {
  const kept: string[] = [];
  const properties = styleOf(element);
  for (const [property, value] of properties) {
    if (DEFAULTS[property] === value || USELESS_PROPERTIES.includes(property)) continue;
    // The typeface is said once, on the root.
    if (property === "font-family") continue;
    if (property.startsWith("stroke-") && (properties.get("stroke") ?? "none") === "none") continue;
    kept.push(`${property}:${hexColors(value).replaceAll("'", "").replaceAll('"', "")}`);
  }
  return kept.join(";");
}

function styleOf(element: Element): Map<string, string> {
  const style = new Map<string, string>();
  for (const part of (element.getAttribute("style") ?? "").split(";")) {
    const [property, ...value] = part.split(":");
    if (value.length > 0) style.set(property!.trim(), value.join(":").trim());
  }
  return style;
}

function removeUnseen(root: Element): void {
  const markup = root.outerHTML;
  for (const element of elementsOf(root).reverse()) {
    if (element === root) continue;
    const tag = element.tagName.toLowerCase();
    const id = element.getAttribute("id");
    const isDefinition = tag === "clippath" || tag === "lineargradient" || tag === "pattern";
    const unused = isDefinition && !(id && markup.includes(`#${id})`));
    const empty = CONTAINERS.includes(tag) && element.childNodes.length === 0;
    const noPath = tag === "path" && !element.getAttribute("d");
    if (unused || empty || noPath || isInvisible(element)) element.remove();
  }
}

function isInvisible(element: Element): boolean {
  if (!["rect", "path"].includes(element.tagName.toLowerCase())) return false;
  if (element.closest("clipPath")) return false;
  if (element.getAttribute("width") === "0" || element.getAttribute("height") === "0") return true;
  const style = styleOf(element);
  const painted = (property: string, otherwise: string) =>
    (style.get(property) ?? otherwise) !== "none" && style.get(`${property}-opacity`) !== "0";
  const stroked = painted("stroke", "none") && !/^0(px)?$/.test(style.get("stroke-width") ?? "");
  return !painted("fill", "#000") && !stroked;
}

function renameIds(root: Element, key: string): void {
  const names = new Map<string, string>();
  for (const element of elementsOf(root)) {
    const id = element.getAttribute("id");
    if (!id) continue;
    if (element.tagName === "defs" || element.tagName === "g") {
      element.removeAttribute("id");
      continue;
    }
    names.set(id, `v${key}-${names.size}`);
    element.setAttribute("id", names.get(id)!);
  }
  const renamed = (value: string) => value.replace(/#([^)'"]+)\)/g, (_, id: string) => `#${names.get(id) ?? id})`);
  for (const element of elementsOf(root)) {
    for (const name of ["clip-path", "style", "fill", "stroke", "mask"]) {
      const value = element.getAttribute(name);
      if (value?.includes("url(")) element.setAttribute(name, renamed(value));
    }
  }
}

function rounded(value: string): string {
  return value.replace(/-?\d*\.\d+(?:e-?\d+)?/g, (number) => `${Math.round(Number(number) * 100) / 100}`);
}

function hexColors(value: string): string {
  return value.replace(/rgb\((\d+), (\d+), (\d+)\)/g, (_, ...channels: string[]) => {
    const hex = channels.slice(0, 3).map((channel) => Number(channel).toString(16).padStart(2, "0"));
    return `#${hex.join("")}`;
  });
}
