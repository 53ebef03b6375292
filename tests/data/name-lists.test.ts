import { describe, expect, it } from "vitest";
import { distinctNames, fewNames, nameEach, repeatedName, sameNames } from "../../src/data/name-lists";

describe("lists of names", () => {
  it("are told in one line, however many they are", () => {
    expect(fewNames(["a", "b"])).toBe("a, b");
    const many = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    expect(fewNames(many, 3)).toBe("c0, c1, c2 and 9,997 more");
  });

  it("are the same only where each name stands at the same place, line breaks in them or not", () => {
    expect(sameNames(["a", "b"], ["a", "b"])).toBe(true);
    expect(sameNames(["a", "b"], ["b", "a"])).toBe(false);
    expect(sameNames(["a\nb", "c"], ["a", "b\nc"])).toBe(false);
  });

  it("that hold a name twice are found out, whatever JavaScript has of that name", () => {
    expect(repeatedName(["constructor", "__proto__", "toString"])).toBeUndefined();
    expect(repeatedName(["a", "__proto__", "b", "__proto__"])).toBe("__proto__");
  });

  it("get numbers where two classes share a name, as ImageNet's cranes", () => {
    expect(distinctNames(["crane", "maillot", "crane"])).toEqual(["crane (class 0)", "maillot", "crane (class 2)"]);
  });

  it("that are too short name the other classes by their numbers", () => {
    expect(nameEach(["cat"], 3)).toEqual(["cat", "class 1", "class 2"]);
  });
});
