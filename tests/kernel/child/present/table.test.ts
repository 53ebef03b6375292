import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { tableBundle } from "../../../../src/kernel/child/present/table";

function text(value: unknown): string | undefined {
  return tableBundle(value)?.["text/plain"];
}

const epochs = [
  { epoch: 1, loss: 0.51234567, note: "warm <b>" },
  { epoch: 2, loss: 0.25, note: "ok" },
];

describe("a table", () => {
  it("aligns numbers to the right and texts to the left", () => {
    expect(text(epochs)).toBe(
      [
        "   epoch      loss  note",
        "0      1  0.512346  warm <b>",
        "1      2  0.250000  ok",
        "",
        "2 rows × 3 columns",
      ].join("\n"),
    );
  });

  it("is HTML as pandas writes it, escaped", () => {
    expect(tableBundle(epochs)?.["text/html"]).toBe(
      [
        '<table border="1" class="dataframe">',
        '<thead><tr style="text-align: right"><th></th><th>epoch</th><th>loss</th><th style="text-align: left">note</th></tr></thead>',
        "<tbody>",
        '<tr><th>0</th><td>1</td><td>0.512346</td><td style="text-align: left">warm &#60;b&#62;</td></tr>',
        '<tr><th>1</th><td>2</td><td>0.250000</td><td style="text-align: left">ok</td></tr>',
        "</tbody>",
        "</table>",
        "<p>2 rows × 3 columns</p>",
      ].join("\n"),
    );
  });

  it("shows the first and last ten of more than thirty rows", () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ i, square: i * i }));
    const lines = (text(rows) as string).split("\n");
    expect(lines).toHaveLength(1 + 10 + 1 + 10 + 2);
    expect(lines[11]).toBe("…");
    expect(lines[12]).toBe("50  50    2500");
    expect(lines.at(-1)).toBe("60 rows × 2 columns");
  });

  it("is not made of objects that say in words what they are", () => {
    const named = (name: string) => Object.defineProperty({ name }, inspect.custom, { value: () => `<${name}>` });
    expect(tableBundle([named("a"), named("b")])).toBeNull();
  });

  it("shows twenty columns", () => {
    const row = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, i]));
    expect((text([row, row]) as string).split("\n")[0]).toMatch(/ c19 {2}…$/);
    expect(text([row, row])).toMatch(/2 rows × 30 columns$/);
  });

  it("leaves a cell empty where a row has no such key, and cuts long ones", () => {
    expect(text([{ a: "x", b: "y".repeat(80) }, { a: "z" }])).toBe(
      ["   a  b", `0  x  ${"y".repeat(49)}…`, "1  z", "", "2 rows × 2 columns"].join("\n"),
    );
  });

  it("keeps the digits of numbers of very different size", () => {
    expect(text([{ a: 1e-7 }, { a: 12_345.678 }])).toBe(
      ["         a", "0     1e-7", "1  12345.7", "", "2 rows × 1 column"].join("\n"),
    );
  });

  it.each<[string, unknown]>([
    ["one row", [{ a: 1 }]],
    ["numbers", [1, 2]],
    ["rows that share no key", [{ a: 1 }, { b: 1 }]],
    ["empty objects", [{}, {}]],
    ["objects of a class", [new Date(), new Date()]],
    ["arrays", [[1], [2]]],
    ["an object", { a: { b: 1 } }],
  ])("is not made of %s", (_, value) => {
    expect(tableBundle(value)).toBeNull();
  });
});
