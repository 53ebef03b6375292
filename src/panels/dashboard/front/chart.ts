import type { Chart, ChartLine } from "../dashboard-view";
import { html, svg } from "./dom";
import { chartNumber, shortNumber, ticks } from "./numbers";
import type { Words } from "./words";

const WIDTH = 360;
const HEIGHT = 190;
const INNER = { left: 46, right: 350, top: 8, bottom: 160 };
const DASHES = ["6 3", "2 3", "8 3 2 3", "4 2", "1 2", "10 4"];

/** A chart that is drawn anew in place; the pointer or the arrow keys read its values. */
export class ChartCard {
  readonly element: HTMLElement;
  readonly #title = html("h4");
  readonly #graph: SVGSVGElement;
  readonly #legend = html("ul", { class: "vd-legend" });
  readonly #readout = html("output", { class: "vd-readout" });
  #chart: Chart | null = null;
  /** Where it is read, in epochs. */
  #place: number | null = null;
  #range: Range = { x: [0, 1], y: [0, 1] };

  constructor(readonly words: Words) {
    this.#graph = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", tabindex: 0 });
    this.element = html("section", { class: "vd-card" }, this.#title, this.#graph, this.#readout, this.#legend);
    this.#graph.addEventListener("pointermove", (event) => this.#readAt(event));
    this.#graph.addEventListener("pointerleave", () => this.#read(null));
    this.#graph.addEventListener("blur", () => this.#read(null));
    this.#graph.addEventListener("keydown", (event) => this.#key(event));
  }

  draw(chart: Chart): void {
    this.#chart = chart;
    this.#range = rangeOf(chart);
    this.#title.textContent = chart.unit ? `${chart.title} (${chart.unit})` : chart.title;
    this.#graph.setAttribute("aria-label", inWords(chart, this.words));
    const { x, y } = scales(this.#range, chart);
    const lines = chart.lines.map((line, i) => pathOf(line, styleOf(chart, i), x, y));
    const level = chart.level && levelLine(chart.level, y);
    this.#graph.replaceChildren(
      ...axes(this.#range, chart, this.words.epoch, x, y),
      ...(level ? [level] : []),
      ...lines,
    );
    this.#legend.replaceChildren(
      ...chart.lines.map((line, i) => html("li", {}, swatch(styleOf(chart, i)), line.name)),
      ...(chart.level
        ? [html("li", {}, swatch(LEVEL), `${chart.level.label} (${chartNumber(chart.level.value, chart.scale)})`)]
        : []),
    );
    this.#read(this.#place);
  }

  #readAt(event: PointerEvent): void {
    const { left, width } = this.#graph.getBoundingClientRect();
    const pixel = ((event.clientX - left) / width) * WIDTH;
    const [from, to] = this.#range.x;
    const share = (pixel - INNER.left) / (INNER.right - INNER.left);
    this.#read(Math.min(to, Math.max(from, from + share * (to - from))));
  }

  #key(event: KeyboardEvent): void {
    const [from, to] = this.#range.x;
    const step = (to - from) / 50;
    const moves: Readonly<Record<string, (place: number) => number | null>> = {
      ArrowLeft: (place) => Math.max(from, place - step),
      ArrowRight: (place) => Math.min(to, place + step),
      Home: () => from,
      End: () => to,
      Escape: () => null,
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.#read(move(this.#place ?? to));
  }

  #read(place: number | null): void {
    this.#place = place;
    this.#graph.querySelector(".vd-cursor")?.remove();
    const chart = this.#chart;
    if (place === null || !chart) {
      this.#readout.textContent = "";
      return;
    }
    const { x } = scales(this.#range, chart);
    this.#graph.append(
      svg("line", { class: "vd-cursor", x1: x(place), x2: x(place), y1: INNER.top, y2: INNER.bottom }),
    );
    const values = chart.lines.flatMap((line) => {
      const value = nearest(line, place);
      return value === null ? [] : [`${line.name} ${chartNumber(value, chart.scale)}`];
    });
    this.#readout.textContent = this.words.readAt(shortNumber(Number(place.toFixed(2))), values.join(", "));
  }
}

interface Range {
  x: [number, number];
  y: [number, number];
}

type Scale = (value: number) => number;

function rangeOf({ lines, level, scale, fromZero }: Chart): Range {
  const all = lines.flatMap(({ y }) =>
    y.filter((value): value is number => value !== null && (scale !== "log" || value > 0)),
  );
  const xs = lines.flatMap(({ x }) => x);
  const values = level ? [...all, level.value] : all;
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (scale === "log") [low, high] = [Math.log10(low), Math.log10(high)];
  else if (fromZero) low = Math.min(0, low);
  if (!(high > low))
    [low, high] = scale === "log" ? [low - 0.5, low + 0.5] : [Math.min(0, low), Math.max(low, high) || 1];
  const margin = 0.05 * (high - low);
  return { x: [0, Math.max(...xs, 1e-3)], y: [low === 0 ? 0 : low - margin, high + margin] };
}

function scales(range: Range, { scale }: Chart): { x: Scale; y: Scale } {
  const along = ([from, to]: [number, number], start: number, end: number): Scale => {
    return (value) => start + ((value - from) / (to - from)) * (end - start);
  };
  const y = along(range.y, INNER.bottom, INNER.top);
  return { x: along(range.x, INNER.left, INNER.right), y: scale === "log" ? (value) => y(Math.log10(value)) : y };
}

function axes({ x: xRange, y: yRange }: Range, { scale }: Chart, name: string, x: Scale, y: Scale): SVGElement[] {
  const rows = scale === "log" ? logTicks(yRange) : ticks(...yRange, 4);
  return [
    ...rows.flatMap((value) => [
      svg("line", { class: "vd-grid", x1: INNER.left, x2: INNER.right, y1: y(value), y2: y(value) }),
      svg("text", { x: INNER.left - 5, y: y(value) + 3.5, "text-anchor": "end" }, chartNumber(value, scale)),
    ]),
    ...ticks(...xRange, 5).map((value) =>
      svg("text", { x: x(value), y: INNER.bottom + 14, "text-anchor": "middle" }, shortNumber(value)),
    ),
    svg("text", { x: (INNER.left + INNER.right) / 2, y: HEIGHT - 3, "text-anchor": "middle" }, name),
  ];
}

function logTicks([low, high]: [number, number]): number[] {
  const powers = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => 10 ** (Math.ceil(low) + i));
  if (powers.length > 2) return powers;
  // Less than two decades: some steps within.
  const from = Math.floor(low);
  const steps = Array.from({ length: Math.ceil(high) - from + 1 }, (_, i) => 10 ** (from + i));
  return steps
    .flatMap((power) => [power, 2 * power, 5 * power])
    .filter((value) => value >= 10 ** low && value <= 10 ** high);
}

interface LineStyle {
  color: string;
  width: number;
  dash: string | null;
}

const LEVEL: LineStyle = { color: "var(--vd-muted)", width: 1.2, dash: "3 3" };

/** Lines differ by color and by dash, so that neither alone has to be seen. */
function styleOf({ lines }: Chart, index: number): LineStyle {
  const { kind } = lines[index] as ChartLine;
  if (kind === "own") return { color: "var(--vd-0)", width: 2, dash: null };
  if (kind === "held-out") return { color: "var(--vd-1)", width: 2.4, dash: null };
  const place = lines.slice(0, index).filter((line) => line.kind === kind).length;
  if (kind === "earlier")
    return { color: `var(--vd-${2 + (place % 4)})`, width: 1.4, dash: DASHES[place % DASHES.length] as string };
  // Parts of the model have an order, from the input to the output.
  const share = lines.length > 1 ? Math.round((100 * index) / (lines.length - 1)) : 0;
  const color = `color-mix(in oklab, var(--vd-1) ${share}%, var(--vd-0))`;
  return { color, width: 1.6, dash: index === 0 ? "2 2" : index === lines.length - 1 ? "6 2" : null };
}

function pathOf({ x: xs, y: ys }: ChartLine, { color, width, dash }: LineStyle, x: Scale, y: Scale): SVGElement {
  let [path, isDown] = ["", false];
  let points = 0;
  ys.forEach((value, i) => {
    const at = value === null ? Number.NaN : y(value);
    if (!Number.isFinite(at)) {
      isDown = false;
      return;
    }
    path += `${isDown ? "L" : "M"}${x(xs[i] as number).toFixed(1)} ${at.toFixed(1)}`;
    isDown = true;
    points++;
  });
  // A single epoch is a point.
  if (points === 1) path += "h0.01";
  const isPoint = points === 1;
  return svg("path", {
    d: path,
    style: `stroke: ${color}`,
    fill: "none",
    "stroke-width": isPoint ? 6 : width,
    "stroke-linecap": isPoint ? "round" : null,
    "stroke-dasharray": isPoint ? null : dash,
  });
}

function levelLine({ value }: NonNullable<Chart["level"]>, y: Scale): SVGElement {
  const { color, width, dash } = LEVEL;
  const place = { x1: INNER.left, x2: INNER.right, y1: y(value), y2: y(value) };
  return svg("line", { ...place, style: `stroke: ${color}`, "stroke-width": width, "stroke-dasharray": dash });
}

function swatch({ color, width, dash }: LineStyle): SVGElement {
  const line = svg("line", {
    x1: 0,
    x2: 22,
    y1: 5,
    y2: 5,
    style: `stroke: ${color}`,
    "stroke-width": width,
    "stroke-dasharray": dash,
  });
  return svg("svg", { viewBox: "0 0 22 10", width: 22, height: 10, "aria-hidden": "true" }, line);
}

function nearest({ x, y }: ChartLine, place: number): number | null {
  let best: number | null = null;
  let distance = Number.POSITIVE_INFINITY;
  x.forEach((each, i) => {
    const value = y[i] ?? null;
    if (value === null || Math.abs(each - place) >= distance) return;
    distance = Math.abs(each - place);
    best = value;
  });
  return best;
}

/** What a screen reader says. */
function inWords({ title, unit, lines, level, scale }: Chart, words: Words): string {
  const last = lines.flatMap(({ name, y }) => {
    const value = y.filter((one) => one !== null).at(-1);
    return value === undefined ? [] : [`${name} ${chartNumber(value as number, scale)}`];
  });
  const guess = level && `${level.label} ${chartNumber(level.value, scale)}`;
  return words.chartInWords(title, unit, last.join(", "), guess);
}
