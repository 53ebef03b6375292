// What figures have to show, and waiting until they do.

// As in src/figure/theme.ts.
export const LIGHT = { ground: "#ffffff", ink: "#1f2933", mutedInk: "#52606d", first: "#0072b2", second: "#d55e00" };
export const DARK = { ground: "#111111", ink: "#e6e9ed", mutedInk: "#aab4bf", first: "#4ba3e3", second: "#d55e00" };

/** Throws with the complaint where the condition isn't met. */
export function check(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

/** Looks at a cell's figure until what it must show is there, and returns it; the last complaint where it never is. */
export async function see(book, cell, complain) {
  const end = Date.now() + 60_000;
  for (;;) {
    const pixels = await book.look(cell);
    try {
      complain(pixels);
      return pixels;
    } catch (error) {
      if (Date.now() > end) throw error;
      await book.page.waitForTimeout(200);
    }
  }
}
