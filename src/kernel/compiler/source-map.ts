import type { LineMap } from "./protocol";

/** Per generated line the segments `[generatedColumn, sourceLine, sourceColumn]`. */
export type Segments = readonly (readonly (readonly [number, number, number])[])[];

const DIGITS = new Map(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map((digit, value) => [digit, value]),
);

/** Reads the `mappings` of a source map with one source. */
export function decodeMappings(mappings: string): Segments {
  let line = 0;
  let column = 0;
  return mappings.split(";").map((text) => {
    let generated = 0;
    const segments: [number, number, number][] = [];
    for (const segment of text ? text.split(",") : []) {
      const [generatedDelta = 0, , lineDelta, columnDelta] = decodeSegment(segment);
      generated += generatedDelta;
      if (lineDelta === undefined || columnDelta === undefined) continue;
      line += lineDelta;
      column += columnDelta;
      segments.push([generated, line, column]);
    }
    return segments;
  });
}

/** The map through two compilations: `second` made its text out of what `first` had made. */
export function composeMaps(second: Segments, first: Segments): Segments {
  return second.map((segments) =>
    segments.flatMap(([generated, line, column]) => {
      const source = find(first[line] ?? [], column);
      return source ? [[generated, source[1], source[2]] as const] : [];
    }),
  );
}

/** The map as it is looked up, without the `hidden` lines that were put before the source and all beyond its `lines`. */
export function lineMap(segments: Segments, hidden: number, lines: number): LineMap {
  return segments.map((line) => {
    const flat: number[] = [];
    for (const [generated, sourceLine, sourceColumn] of line) {
      const shown = sourceLine - hidden;
      if (shown < 0 || shown >= lines) continue;
      if (flat.at(-2) === shown && flat.at(-1) === sourceColumn) continue;
      flat.push(generated, shown, sourceColumn);
    }
    return flat;
  });
}

function find(segments: Segments[number], column: number): Segments[number][number] | undefined {
  let found: Segments[number][number] | undefined;
  for (const segment of segments) {
    if (segment[0] > column) break;
    found = segment;
  }
  return found ?? segments[0];
}

function decodeSegment(text: string): number[] {
  const values: number[] = [];
  let shift = 0;
  let value = 0;
  for (const character of text) {
    const digit = DIGITS.get(character) ?? 0;
    value |= (digit & 31) << shift;
    if (digit & 32) {
      shift += 5;
      continue;
    }
    values.push(value & 1 ? -(value >> 1) : value >> 1);
    shift = 0;
    value = 0;
  }
  return values;
}
