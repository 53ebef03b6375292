import fc from "fast-check";
import { describe, expect } from "vitest";
import type { NameUse } from "../../src/kernel/compiler/protocol";
import type { EditingReply } from "../../src/kernel/editing";
import { type EditingHost, NotebookEditing } from "../../src/kernel/typescript/notebook-editing";
import { editedJson, type Json } from "./damaged-json";
import { checkPrototypes, checkRefusal, fuzz } from "./fuzz";

const sources = fc.constantFrom(
  "const a = 1;",
  "a + 1",
  "%%capture out\na",
  "%run other.ts",
  "/** @module own */ export const b = 1;",
  "%nonsense",
  "",
  "é👍\r\n\u2028x",
);
const cells = fc.array(fc.record({ id: fc.constantFrom("1", "2", "3"), source: sources }), { maxLength: 3 });
const requests = fc.record(
  {
    id: fc.nat(9),
    method: fc.constantFrom("diagnostics", "signatureHelp", "definition", "prepareRename", "rename"),
    cells,
    cell: fc.constantFrom("1", "2"),
    place: fc.record({ line: fc.nat(2), character: fc.nat(9) }),
    first: fc.constantFrom("1", "2"),
    newName: fc.constantFrom("b", "a b", "class", "__cell_1"),
  },
  { requiredKeys: ["id", "method", "cells", "cell", "place"] },
) as fc.Arbitrary<Json>;

/** A compiler that finds a name `a` wherever one stands. */
const host: EditingHost = {
  folder: "none",
  known: async () => "",
  hasRun: ({ source }) => source.length % 2 === 0,
  compiler: {
    check: async ({ code, previous }) => ({ diagnostics: [], declarations: `${previous}\n${code.slice(0, 9)}` }),
    signatures: async () => null,
    origin: async () => null,
    mentions: async ({ code, name }) => code.includes(name),
    nameUse: async ({ code }) => {
      const start = code.indexOf("a");
      if (start < 0) return null;
      const span = { start, end: start + 1 };
      return { name: "a", scope: "notebook", span, uses: [{ ...span, before: "", declares: start > 3 }] } as NameUse;
    },
  },
};

describe("an editor's request of whatever content is answered, or passed over", () => {
  fuzz("editing messages", editedJson(requests), async (text) => {
    const request = JSON.parse(text);
    const replies: EditingReply[] = [];
    await new NotebookEditing(host).answer(request, (reply) => replies.push(reply));
    checkPrototypes();
    for (const reply of replies) {
      expect(reply.id).toBe(request.id);
      expect(() => JSON.stringify(reply)).not.toThrow();
      if ("error" in reply) {
        checkRefusal(new Error(reply.error), () => true);
        expect(reply.error).not.toMatch(/undefined|primitive|not a function|not iterable/);
      }
    }
    expect(replies.filter((reply) => "result" in reply || "error" in reply).length).toBeLessThanOrEqual(1);
  });
});
