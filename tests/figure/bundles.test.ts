import { expect, it } from "vitest";
import { bars } from "../../src/figure/bars";
import { figureHtml } from "../../src/figure/bundles";
import { patchMaps } from "../../src/figure/patch-maps";

it("puts a picture into a page as the PNG that it is, at its size", async () => {
  const figure = patchMaps(
    [
      [0, 0.1],
      [0.2, 0.7],
    ].map((row) => ({ shape: [1, 2], data: row })),
  );
  const png = (await figure.png()).toString("base64");
  const html = await figureHtml(figure);
  expect(html).toContain(`src="data:image/png;base64,${png}" width="${figure.width}" height="${figure.height}"`);
  expect(html).toContain("maps of 1 row");
});

it("puts a plot into a page as SVG", async () => {
  expect(await figureHtml(bars(["cat"], [1]))).toMatch(
    /^<img src="data:image\/svg\+xml;base64,[\w+/=]+" alt="[^"]+">$/,
  );
});
