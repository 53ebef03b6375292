import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(__dirname, "..", "..");

/** Megabytes that a process grows by when it draws 150 figures, awaiting nothing that lets the event loop turn. */
function growth(draw: string): number {
  const program = `
    const { attentionOverlay, imageGrid } = require("vitlab");
    const image = { width: 224, height: 224, pixels: new Uint8Array(224 * 224 * 3).fill(100) };
    const four = [image, image, image, image];
    (async () => {
      for (let i = 0; i < 10; i++) await ${draw};
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 150; i++) await ${draw};
      console.log((process.memoryUsage().rss - before) / 1e6);
    })();`;
  return Number(execFileSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" }));
}

describe("the memory of pictures", () => {
  // 380 MB where canvases wait for finalizers.
  it.each([
    ["a grid of images", "imageGrid(four).bundle()"],
    ["a grid that nobody looks at", "imageGrid(four)"],
    ["attention over an image", "attentionOverlay(image, new Float32Array(196)).bundle()"],
  ])(
    "stays flat in a loop of one cell: %s",
    (_, draw) => {
      expect(growth(draw)).toBeLessThan(150);
    },
    300_000,
  );
});
