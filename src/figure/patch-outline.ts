import { markColor } from "./patch-highlight";
import type { Place, Sheet } from "./sheet";

/** A white rim makes the line seen on any color. */
const LINES = [
  { color: "#ffffff", thickness: 4 },
  { color: markColor(2), thickness: 2 },
];

/** Draws a line around patches of a map, and none between neighbors. */
export function outlinePatches(
  { context }: Sheet,
  place: Place,
  { rows, columns }: { rows: number; columns: number },
  patches: readonly number[],
): void {
  const inside = (row: number, column: number) =>
    row >= 0 && row < rows && column >= 0 && column < columns && patches.includes(row * columns + column);
  const [width, height] = [place.width / columns, place.height / rows];
  const at = (row: number, column: number): [number, number] => [place.x + column * width, place.y + row * height];
  context.beginPath();
  for (const patch of patches) {
    const [row, column] = [Math.floor(patch / columns), patch % columns];
    const corners = [at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column)] as const;
    const neighbors = [
      inside(row - 1, column),
      inside(row, column + 1),
      inside(row + 1, column),
      inside(row, column - 1),
    ];
    neighbors.forEach((neighbor, side) => {
      if (neighbor) return;
      context.moveTo(...corners[side]!);
      context.lineTo(...corners[(side + 1) % 4]!);
    });
  }
  context.lineCap = "square";
  for (const { color, thickness } of LINES) {
    context.strokeStyle = color;
    context.lineWidth = thickness;
    context.stroke();
  }
}
