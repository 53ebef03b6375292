import { afterEach, describe, expect, it, vi } from "vitest";
import { inLanguage, isWords, language } from "../../src/base/language";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const inFolder = (folder: string) => vi.spyOn(process, "cwd").mockReturnValue(folder);

describe("the library's language", () => {
  it("is English unless told", () => {
    expect(language()).toBe("en");
    vi.stubEnv("VITLAB_LANG", "");
    expect(language()).toBe("en");
  });

  it.each([
    ["en", "en"],
    ["zh", "zh"],
    ["ZH", "zh"],
    ["zh-CN", "zh"],
    ["zh_CN.UTF-8", "zh"],
    ["en_US.UTF-8", "en"],
  ])("is what VITLAB_LANG names: %s", (named, expected) => {
    vi.stubEnv("VITLAB_LANG", named);
    expect(language()).toBe(expected);
  });

  it.each(["de", "zhx", "chinese", "C"])("refuses another: %s", (named) => {
    vi.stubEnv("VITLAB_LANG", named);
    expect(language).toThrow(`VITLAB_LANG is "${named}": the library speaks "en" and "zh", set one of them`);
  });

  it("is Chinese in a folder named zh, unless VITLAB_LANG says otherwise", () => {
    inFolder("/home/reader/notebooks/zh");
    expect(language()).toBe("zh");
    inFolder("C:\\notebooks\\zh");
    expect(language()).toBe("zh");
    vi.stubEnv("VITLAB_LANG", "en");
    expect(language()).toBe("en");
  });

  it("is English in a folder whose name only ends so, below one, and in one that is gone", () => {
    for (const folder of ["/home/zzh", "/home/zh/notes", "/"]) {
      inFolder(folder);
      expect(language(), folder).toBe("en");
    }
    vi.spyOn(process, "cwd").mockImplementation(() => {
      throw new Error("ENOENT: no such file or directory, uv_cwd");
    });
    expect(language()).toBe("en");
  });

  it("is English where there is no process, as in a browser", () => {
    vi.stubGlobal("process", undefined);
    expect(language()).toBe("en");
  });
});

describe("words in it", () => {
  it("are one text for both languages, or each its own", () => {
    const cat = { en: "cat", zh: "猫" };
    expect([inLanguage("ViT"), inLanguage(cat)]).toEqual(["ViT", "cat"]);
    vi.stubEnv("VITLAB_LANG", "zh");
    expect([inLanguage("ViT"), inLanguage(cat)]).toEqual(["ViT", "猫"]);
  });

  it("are told from what isn't", () => {
    expect([isWords(""), isWords({ en: "a", zh: "b" })]).toEqual([true, true]);
    for (const other of [1, null, undefined, {}, { en: "a" }, { en: "a", zh: 1 }, { en: "a", zh: "b", de: "c" }, ["a"]])
      expect(isWords(other)).toBe(false);
  });
});
