import type { LineMap } from "../../compiler/protocol";

/** Where a breakpoint on `line` (from 1) of the source goes in the JavaScript (from 0): on the first line that has code of it or of a later one. */
export function generatedPlace(
  map: LineMap,
  line: number,
): { line: number; column: number; sourceLine: number } | null {
  let best: { line: number; column: number; sourceLine: number } | null = null;
  for (const [generated, triples] of map.entries()) {
    for (let i = 0; i + 2 < triples.length; i += 3) {
      const source = triples[i + 1]! + 1;
      if (source < line || (best && source >= best.sourceLine)) continue;
      best = { line: generated, column: triples[i]!, sourceLine: source };
    }
  }
  return best;
}

/** The source's line and column (from 1) of a place in the JavaScript (from 0). */
export function sourcePlace(map: LineMap, line: number, column: number): { line: number; column: number } | null {
  const triples = map[line];
  if (!triples || triples.length < 3) return null;
  let at = 0;
  for (let i = 0; i < triples.length; i += 3) if (triples[i]! <= column) at = i;
  return { line: triples[at + 1]! + 1, column: triples[at + 2]! + 1 };
}
