export interface NestedRowsOptions {
  /** Lists of more items are shown by their first and last ones. Default 10. */
  readonly longest?: number;
  /** Width at which a row goes on in the next line. Default 100. */
  readonly width?: number;
}

const CUT = "…";

/** How many items are shown before and after the cut: three of the last two axes, one slice of those around them. */
const EDGE = { outer: 1, inner: 3 };

/** Of the axes around the last four only the first slice is shown. */
const MOST_AXES = 4;

/** Numbers in nested brackets, a row a line, aligned, as NumPy prints an array; `show` gets offsets in row-major order. */
export function nestedRows(
  shape: readonly number[],
  show: (offsets: readonly number[]) => readonly string[],
  { longest = 10, width = 100 }: NestedRowsOptions = {},
): string {
  const axes = shape.map((length, axis) => {
    if (axis < shape.length - MOST_AXES) return length > 1 ? [0, null] : range(0, length);
    const edge = axis < shape.length - 2 ? EDGE.outer : EDGE.inner;
    const limit = axis < shape.length - 2 ? 2 * EDGE.outer : longest;
    return length <= limit ? range(0, length) : [...range(0, edge), null, ...range(length - edge, length)];
  });
  const offsets: number[] = [];
  visit(axes, shape, 0, 0, (offset) => offsets.push(offset));
  const texts = show(offsets);
  const cell = Math.max(...texts.map((text) => text.length), 0);
  let next = 0;

  const print = (axis: number): string => {
    if (axis === shape.length) return texts[next++] as string;
    const indent = " ".repeat(axis + 1);
    if (axis === shape.length - 1) {
      const items = (axes[axis] as (number | null)[]).map((at) =>
        at === null ? CUT : (texts[next++] as string).padStart(cell),
      );
      return `[${wrapped(items, indent, width)}]`;
    }
    const blank = "\n".repeat(shape.length - axis - 1);
    return `[${(axes[axis] as (number | null)[]).map((at) => (at === null ? CUT : print(axis + 1))).join(`,${blank}${indent}`)}]`;
  };
  return print(0);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function visit(
  axes: readonly (readonly (number | null)[])[],
  shape: readonly number[],
  axis: number,
  offset: number,
  see: (offset: number) => void,
): void {
  if (axis === axes.length) {
    see(offset);
    return;
  }
  for (const at of axes[axis] as readonly (number | null)[])
    if (at !== null) visit(axes, shape, axis + 1, offset * (shape[axis] as number) + at, see);
}

function wrapped(items: readonly string[], indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const longer = line === "" ? item : `${line}, ${item}`;
    if (line !== "" && indent.length + longer.length > width) {
      lines.push(`${line},`);
      line = item;
    } else line = longer;
  }
  return [...lines, line].join(`\n${indent}`);
}
