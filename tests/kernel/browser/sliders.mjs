// Sliders pulled by hand, and the picture that follows.

import { until } from "./lab.mjs";

/** Pulls the handle of a slider of a cell, the first one unless told, `by` pixels to the right. */
export async function pull(book, cell, by, slider = 0) {
  const handle = book.cell(cell).locator(".noUi-handle").nth(slider);
  await handle.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await handle.boundingBox();
  const { mouse } = book.page;
  await mouse.move(x + width / 2, y + height / 2);
  await mouse.down();
  for (let step = 1; step <= 6; step++) await mouse.move(x + width / 2 + (by * step) / 6, y + height / 2);
  await mouse.up();
  await mouse.move(0, 0);
}

/** Waits until the picture of a cell is another one than before, and stays so; returns it. */
export async function newPicture(book, cell, before) {
  let last = before;
  await until(`cell ${cell} has another picture`, async () => {
    const now = await book.look(cell);
    const done = !now.equals(before) && now.equals(last);
    last = now;
    return done;
  });
  return last;
}
