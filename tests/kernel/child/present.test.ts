import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { createCanvas } from "@napi-rs/canvas";
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { present } from "../../../src/kernel/child/present";

const DISPLAY = Symbol.for("Jupyter.display");

function text(value: unknown): string {
  const shown = present(value);
  if (shown === null || shown instanceof Promise) throw new Error("expected a presentation at once");
  return shown.data["text/plain"] as string;
}

describe("a value without a format of its own is shown as util.inspect does:", () => {
  it.each<[string, unknown]>([
    ["42", 6 * 7],
    ["'a'", "a"],
    ["'a\\nb'", "a\nb"],
    ["[ 1, 2 ]", [1, 2]],
    ["{ a: 1 }", { a: 1 }],
    ["null", null],
    ["true", true],
    ["10n", 10n],
    ["Symbol(s)", Symbol("s")],
    ["[Function: f]", function f() {}],
    ["[class A extends Map]", class A extends Map {}],
    ["Map(1) { 'a' => 1 }", new Map([["a", 1]])],
    ["Set(2) { 1, 2 }", new Set([1, 2])],
    ["/x/g", /x/g],
    ["2026-01-02T00:00:00.000Z", new Date("2026-01-02")],
    ["<Buffer 01 02>", Buffer.from([1, 2])],
    ["Uint8Array(2) [ 1, 2 ]", Uint8Array.of(1, 2)],
    ["{ a: { b: { c: { d: { e: 1 } } } } }".replace(/\s+/g, " "), { a: { b: { c: { d: { e: 1 } } } } }],
  ])("%s", (expected, value) => {
    expect(text(value).replace(/\n\s*/g, " ")).toBe(expected);
  });

  it("undefined is not shown", () => {
    expect(present(undefined)).toBeNull();
  });

  it("an error shows its stack", () => {
    const error = new RangeError("too far");
    expect(text(error)).toBe(error.stack);
  });

  it("a cycle is shown once", () => {
    const value: Record<string, unknown> = { a: 1 };
    value.self = value;
    expect(text(value)).toBe("<ref *1> { a: 1, self: [Circular *1] }");
  });
});

describe("what draws", () => {
  const data = (value: unknown) => (present(value) as { data: Record<string, string> }).data;

  it("is an element of a page: its HTML", () => {
    const { document } = new JSDOM("<p>hi <b>you</b></p>").window;
    const html = "<p>hi <b>you</b></p>";
    expect(data(document.querySelector("p"))).toEqual({ "text/html": html, "text/plain": html });
  });

  it("is an SVG, which gets the namespaces that it needs outside of a page", () => {
    const { document } = new JSDOM('<svg width="4"><use xlink:href="#a"></use></svg>').window;
    expect(data(document.querySelector("svg"))["image/svg+xml"]).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" xmlns:xlink="[^"]+" width="4"><use xlink:href="#a"><\/use><\/svg>$/,
    );
    const whole = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
    expect(data(new JSDOM(whole).window.document.querySelector("svg"))["image/svg+xml"]).toBe(whole);
  });

  it("is a canvas: its PNG", () => {
    const bundle = data(createCanvas(10, 20));
    expect(Buffer.from(bundle["image/png"]!, "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(bundle["text/plain"]).toMatch(/^Canvas 10 × 20, \d+ bytes as PNG$/);
  });

  it("is shown as any other value where its getters throw", () => {
    const broken = {
      nodeType: 1,
      nodeName: "P",
      get outerHTML(): string {
        throw new Error("no page");
      },
    };
    expect(Object.keys(data(broken))).toEqual(["text/plain"]);
  });
});

describe("a display method", () => {
  it("named Jupyter.display returns the whole bundle", () => {
    const value = { [DISPLAY]: () => ({ "text/html": "<b>", "image/png": Uint8Array.of(1, 2, 3) }) };
    expect(present(value)).toEqual({ data: { "text/html": "<b>", "image/png": "AQID" }, metadata: {} });
  });

  it("may be asynchronous", async () => {
    const value = { [DISPLAY]: async () => ({ "text/plain": "later" }) };
    expect(await present(value)).toEqual({ data: { "text/plain": "later" }, metadata: {} });
  });

  it("may be of a function or a class", () => {
    expect(text(Object.assign(() => 1, { [DISPLAY]: () => ({ "text/plain": "f" }) }))).toBe("f");
  });

  it("of each of IPython's names adds its format to the text", () => {
    const value = { _repr_html_: () => "<b>", _repr_latex_: () => "$x$", _repr_svg_: () => null, toJSON: 1 };
    const data = (present(value) as { data: Record<string, unknown> }).data;
    expect(Object.keys(data).sort()).toEqual(["text/html", "text/latex", "text/plain"]);
    expect(data["text/plain"]).toBe(inspect(value));
  });

  it("_repr_mimebundle_ may return data and metadata, and comes first", () => {
    const value = {
      _repr_mimebundle_: () => [{ "text/plain": "p", "text/html": "first" }, { "text/html": { isolated: true } }],
      _repr_html_: () => "second",
    };
    expect(present(value)).toEqual({
      data: { "text/plain": "p", "text/html": "first" },
      metadata: { "text/html": { isolated: true } },
    });
  });

  it("that throws or rejects is told of below the text", async () => {
    const broken = {
      a: 1,
      [DISPLAY]: () => {
        throw new Error("no luck");
      },
    };
    expect(text(broken)).toContain("\n([Symbol.for('Jupyter.display')] failed: no luck)");
    const later = { _repr_html_: async () => Promise.reject(new Error("no luck")) };
    expect((await present(later))?.data["text/plain"]).toContain("\n(_repr_html_ failed: no luck)");
  });

  it("is not believed of an object that has a method of every name", () => {
    const value = new Proxy({}, { get: () => () => "anything" });
    expect(text(value)).toBe("{}");
  });

  it("that returns what can't be sent has it left out", () => {
    const value = { [DISPLAY]: () => ({ "text/plain": "p", "application/json": { a: 1n } }) };
    expect(text(value)).toBe("p\napplication/json left out: Do not know how to serialize a BigInt");
  });
});

describe("bytes", () => {
  it("of a PNG are the picture", () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000020000000100806000000", "hex");
    expect(present(png)).toEqual({
      data: { "image/png": png.toString("base64"), "text/plain": "PNG image 32 × 16, 29 bytes" },
      metadata: {},
    });
  });

  it.each([
    ["image/jpeg", "ffd8ffe0"],
    ["image/gif", "474946383961"],
  ])("of %s are the picture", (type, hex) => {
    expect((present(Buffer.from(hex, "hex")) as { data: object }).data).toHaveProperty([type]);
  });
});

describe("a value that resists", () => {
  const refuse = () => {
    throw new Error("no");
  };
  it.each<[string, unknown]>([
    ["a proxy that throws", new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse })],
    ["a revoked proxy", revoked()],
    ["a toStringTag that throws", Object.defineProperty({}, Symbol.toStringTag, { get: refuse })],
    ["a constructor that throws", Object.create(Object.defineProperty({}, "constructor", { get: refuse }))],
    ["an inspect method that throws", { [inspect.custom]: refuse }],
    [
      "an inspect method that throws nothing",
      {
        [inspect.custom]: () => {
          throw undefined;
        },
      },
    ],
    ["a shape that throws", Object.defineProperty({}, "shape", { get: refuse })],
    ["rows that throw", [{ a: 1 }, new Proxy({}, { ownKeys: refuse })]],
    [
      "getters in rows",
      [
        {
          get a() {
            return refuse();
          },
        },
        { a: 1 },
      ],
    ],
    ["an object without a prototype", Object.create(null)],
    ["an object of another realm", runInNewContext("({ a: 1 })")],
  ])("is shown somehow: %s", (_, value) => {
    expect(text(value)).toMatch(/\S/);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("a large value is cut:", () => {
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, i]));
  const rows = Array.from({ length: 1_000 }, (_, i) => Array.from({ length: 1_000 }, (_, j) => ({ i, j })));
  const linked = Array.from({ length: 1_000_000 }).reduce((next) => ({ next }), null);

  it.each<[string, unknown]>([
    ["a long array", Array.from({ length: 10_000_000 }, (_, i) => i)],
    ["an array of arrays", rows],
    ["an object of many properties", wide],
    ["an object in an object", { wide }],
    ["a linked list", linked],
    ["a long string", "x".repeat(10_000_000)],
    ["long strings", Array.from({ length: 100 }, () => "x".repeat(100_000))],
    ["a text of many lines", { [inspect.custom]: () => "line\n".repeat(100_000) }],
  ])("%s", (_, value) => {
    const shown = text(value);
    expect(shown.length).toBeLessThan(21_000);
    expect(shown.split("\n").length).toBeLessThan(510);
  });

  it("and says how much more there is", () => {
    expect(text({ [inspect.custom]: () => "line\n".repeat(12_845) })).toMatch(/\n… 12,345 more lines$/);
    expect(text(wide)).toMatch(/\n {2}key299: 299\n}\n… 4,700 more properties$/);
    expect(text("x".repeat(30_000))).toContain("... 20000 more characters");
  });
});
