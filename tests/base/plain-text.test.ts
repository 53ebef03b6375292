import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { show } from "../../src/base/check-options";
import { VitlabError } from "../../src/base/error";
import {
  forMarkdown,
  forPlotly,
  forXml,
  plainJson,
  plainLines,
  plainText,
  xmlCharacters,
} from "../../src/base/plain-text";
import { hostileTexts, TERMINAL_ACTIVE } from "../support/hostile-texts";

const { window } = new JSDOM();

function parsed(xml: string): Element {
  const root = new window.DOMParser().parseFromString(xml, "application/xml").documentElement;
  expect(root.textContent).not.toMatch(/^This page contains|parsererror/);
  expect(root.tagName).toBe("x");
  return root;
}

describe("plainText", () => {
  it.each(hostileTexts)("does nothing to a terminal, and keeps its length: %j", (text) => {
    expect(plainText(text)).not.toMatch(TERMINAL_ACTIVE);
    expect(plainText(text)).toHaveLength(text.length);
    expect(plainText(plainText(text))).toBe(plainText(text));
  });

  it("shows what was there", () => {
    expect(plainText("a\u001b[1m\n\u0000\u007f\u0085\u2028\u202e\ud800b")).toBe("a␛[1m␊␀␡\ufffd\ufffd\ufffd\ufffdb");
  });

  it("leaves text of every language as it is", () => {
    const texts = ["Katze", "猫", "חתול", "قطة", "แมว", "👩‍👩‍👧 🏳️‍🌈", "e\u0301", "क्षि", "a\u00a0b", "x²−1"];
    for (const text of texts) for (const plain of [plainText, plainLines]) expect(plain(text)).toBe(text);
  });

  it("plainLines leaves lines lines", () => {
    expect(plainLines("a\u001b\nb\r\nc")).toBe("a␛\nb␍\nc");
  });
});

describe("plainJson", () => {
  it.each(hostileTexts)("is the same value, and nothing to a terminal: %j", (text) => {
    const json = plainJson({ [text]: [text] });
    expect(JSON.parse(json)).toEqual({ [text]: [text] });
    expect(json).not.toMatch(TERMINAL_ACTIVE);
  });
});

describe("forXml", () => {
  it.each(hostileTexts)("is the text of an element and of an attribute, and nothing else: %j", (text) => {
    const root = parsed(`<x y="${forXml(text)}" z='${forXml(text)}'>${forXml(text)}</x>`);
    expect(root.children).toHaveLength(0);
    expect(root.attributes).toHaveLength(2);
    // XML itself makes one line end of two characters.
    expect(root.textContent).toBe(xmlCharacters(text).replace("\r\n", "\n"));
  });
});

describe("forPlotly", () => {
  it.each(hostileTexts)("has no markup, TeX or place for a number: %j", (text) => {
    expect(forPlotly(text)).not.toMatch(/[<>$]|%\{|&(?!amp;|lt;|gt;|#36;|#37;)/);
    const named: Record<string, string> = { lt: "<", gt: ">", amp: "&", "#36": "$", "#37": "%" };
    expect(forPlotly(text).replace(/&([^;]+);/g, (_, name) => named[name] as string)).toBe(plainText(text));
  });
});

describe("forMarkdown", () => {
  it.each(["cat", "Siamese cat, Siamese", "Golden Retriever (dog)", "größer", "猫", "4x4 (16 %)"])(
    "leaves words as they are: %s",
    (text) => expect(forMarkdown(text)).toBe(text),
  );

  it.each([
    ["[here](https://evil.example)", "`[here](https://evil.example)`"],
    ["www.evil.example", "`www.evil.example`"],
    ["https://evil.example", "`https://evil.example`"],
    ["me@evil.example", "`me@evil.example`"],
    ["<b>x</b>", "`<b>x</b>`"],
    ["golden_retriever", "`golden_retriever`"],
    ["- item", "`- item`"],
    ["a `b` c", "``a `b` c``"],
    ["``", "``` `` ```"],
    [" padded ", "`  padded  `"],
    ["a\n# b", "`a␊# b`"],
    ["", "` `"],
  ])("makes code of what is markup: %j", (text, wanted) => expect(forMarkdown(text)).toBe(wanted));
});

it.each(hostileTexts)("a VitlabError that quotes others is one line: %j", (text) => {
  expect(new VitlabError(`${text} and ${show(text)}`).message).not.toMatch(TERMINAL_ACTIVE);
});
