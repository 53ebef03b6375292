/** Where the cells of a grid are: rows of cells, which may differ in length. */
export type CellRows = readonly (readonly HTMLElement[])[];

/**
 * One stop of the Tab key for a whole grid; arrow keys, Home and End move in it.
 *
 * Returns what makes a cell the one that Tab comes to. Source: ARIA Authoring Practices Guide, "Grid".
 */
export function rovingFocus(grid: HTMLElement, rows: CellRows): (cell: HTMLElement) => void {
  const find = (target: EventTarget | null): [number, number] | undefined => {
    for (const [r, row] of rows.entries()) {
      const c = row.indexOf(target as HTMLElement);
      if (c >= 0) return [r, c];
    }
    return undefined;
  };
  let stop: HTMLElement | undefined;
  const setStop = (cell: HTMLElement) => {
    if (cell === stop) return;
    stop?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    stop = cell;
  };
  for (const cell of rows.flat()) cell.setAttribute("tabindex", "-1");
  const first = rows.flat()[0];
  if (first) setStop(first);
  grid.addEventListener("focusin", ({ target }) => {
    const at = find(target);
    if (at) setStop(rows[at[0]]![at[1]]!);
  });
  grid.addEventListener("keydown", (event) => {
    const at = find(event.target);
    const to = at && moved(rows, at, event);
    if (!to) return;
    event.preventDefault();
    rows[to[0]]![to[1]]!.focus();
  });
  return setStop;
}

function moved(rows: CellRows, [row, column]: [number, number], event: KeyboardEvent): [number, number] | undefined {
  const last = (of: number) => rows[of]!.length - 1;
  const inRow = (to: number): [number, number] => {
    const r = Math.min(rows.length - 1, Math.max(0, to));
    return [r, Math.min(last(r), column)];
  };
  switch (event.key) {
    case "ArrowLeft":
      return [row, Math.max(0, column - 1)];
    case "ArrowRight":
      return [row, Math.min(last(row), column + 1)];
    case "ArrowUp":
      return inRow(row - 1);
    case "ArrowDown":
      return inRow(row + 1);
    case "Home":
      return event.ctrlKey ? [0, 0] : [row, 0];
    case "End":
      return event.ctrlKey ? [rows.length - 1, last(rows.length - 1)] : [row, last(row)];
    default:
      return undefined;
  }
}
