import util from "node:util";
import { describe, expect, it } from "vitest";
import { DisplayKind, printAs } from "../../src/base/display-kind";
import { present } from "../../src/kernel/child/present";

interface Cake {
  name: string;
}
const words = ({ name }: Cake) => `a cake called ${name}`;

describe("a value of a display kind", () => {
  it("keeps its fields as they are: listed, copied, compared and written as before", () => {
    const plain = { name: "Sacher" };
    const marked = new DisplayKind<Cake>().mark(printAs({ ...plain }, words), words);
    expect(Object.keys(marked)).toEqual(["name"]);
    expect({ ...marked }).toStrictEqual(plain);
    expect(marked).toStrictEqual(plain);
    expect(JSON.stringify(marked)).toBe('{"name":"Sacher"}');
    expect(structuredClone(marked)).toStrictEqual(plain);
  });

  it("reads as its words in Node's console, of what it is by then", () => {
    const cake = printAs({ name: "Sacher" }, words);
    cake.name = "Linzer";
    expect(util.inspect([cake])).toBe("[ a cake called Linzer ]");
  });

  it("is shown by its presenter, and without one by its words", async () => {
    const kind = new DisplayKind<Cake>();
    const cake = kind.mark({ name: "Sacher" }, words);
    expect((await present(cake))?.data).toEqual({ "text/plain": "a cake called Sacher" });
    kind.presentWith(({ name }, said) => ({
      data: { "text/html": `<b>${name}</b>`, "text/plain": said },
      metadata: { "text/html": { isolated: true } },
    }));
    expect(await present(cake)).toEqual({
      data: { "text/html": "<b>Sacher</b>", "text/plain": "a cake called Sacher" },
      metadata: { "text/html": { isolated: true } },
    });
  });
});
