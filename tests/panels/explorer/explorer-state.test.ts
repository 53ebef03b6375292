import { describe, expect, it } from "vitest";
import {
  type ExplorerLimits,
  type ExplorerState,
  firstState,
  isEdited,
  NO_EDITS,
  stateFromText,
  stateToText,
} from "../../../src/panels/explorer/explorer-state";

const LIMITS: ExplorerLimits = { images: 10, patches: 64, classToken: true, depth: 5, heads: 5 };

const ALL: ExplorerState = {
  image: 3,
  query: 27,
  block: 2,
  head: 1,
  part: "blocks.2.attention.scores",
  key: "class",
  edits: {
    swapped: [
      [3, 60],
      [0, 1],
    ],
    shuffled: 7,
    painted: [5, 6],
    positions: 4,
    heads: [
      [2, 1],
      [3, 0],
    ],
    mlps: [4],
    blocks: [0, 1],
    temperature: 1.5,
  },
};

describe("the text of a state", () => {
  it("is short, and gives the state back", () => {
    expect(stateToText(firstState(LIMITS))).toBe("i0.qc.b4.h0.k0");
    expect(stateToText(ALL)).toBe(
      "i3.q27.b2.h1.kc.fblocks-2-attention-scores.s3-60_0-1.z7.x5-6.p4.a2-1_3-0.m4.l0-1.t1-5",
    );
    for (const state of [ALL, firstState(LIMITS), { ...ALL, edits: { ...ALL.edits, positions: "dropped" as const } }])
      expect(stateFromText(stateToText(state), LIMITS)).toEqual(state);
  });

  it("may leave out what is as at the start, and have a #", () => {
    expect(stateFromText("#q9", LIMITS)).toEqual({ ...firstState(LIMITS), query: 9 });
  });

  it.each([
    ["", 'is no state of an explorer (at "")'],
    ["hello", "is no state of an explorer"],
    ["q1.q2", 'at "q2"'],
    ["q64", "there is no query 64: give one from 0 to 63"],
    ["qx", 'at "qx"'],
    ["b5", "there is no block 5"],
    ["s3-3", "a swap of 3 and 3 changes nothing: give two patches"],
    ["s3", 'at "s3"'],
    ["x1-1", "patch 1 is named twice"],
    ["a9-0", "there is no block 9"],
    ["t11", "the temperature is 11: give a number from 0.1 to 10"],
    ["p-1", 'at "p-1"'],
    ["z4294967296", "the seed of the shuffle is 4294967296"],
  ])("%j is refused", (text, sentence) => {
    expect(() => stateFromText(text, LIMITS)).toThrow(sentence);
  });
});

describe("a state", () => {
  it("starts with nothing changed", () => {
    expect(isEdited(firstState(LIMITS).edits)).toBe(false);
    expect(isEdited(ALL.edits)).toBe(true);
    expect(firstState({ ...LIMITS, classToken: false }).query).toBe(0);
    expect(NO_EDITS.temperature).toBe(1);
  });
});
