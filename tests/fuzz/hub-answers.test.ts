import fc from "fast-check";
import { afterAll, describe, expect, vi } from "vitest";
import { hubListing } from "../../src/hub/hub-listing";
import { damagedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz, takenLater } from "./fuzz";

const COMMIT = "a".repeat(40);
const info = fc.constant<Json>({ sha: COMMIT });
const files = fc.constant<Json>([
  { type: "file", path: "config.json", size: 70, oid: "b".repeat(40) },
  { type: "file", path: "model.safetensors", size: 9, oid: "c".repeat(40), lfs: { oid: "d".repeat(64), size: 900 } },
  { type: "directory", path: "x" },
]);

let answers: string[] = [];
vi.stubGlobal("fetch", async () => new Response(answers.shift()));
afterAll(() => vi.unstubAllGlobals());

describe("an answer of a hub of whatever JSON is refused in a sentence, or names files by their digests", () => {
  fuzz(
    "answers of the hub",
    fc.oneof(
      fc.tuple(
        damagedJson(info),
        files.map((json) => JSON.stringify(json)),
      ),
      fc.tuple(
        info.map((json) => JSON.stringify(json)),
        damagedJson(files),
      ),
    ),
    async (texts) => {
      answers = [...texts];
      const question = { repo: "owner/name", revision: "main" };
      const place = { endpoint: "https://hub.example", cache: "none", offline: false, silence: 1000, token: undefined };
      const asked = ["config.json", "model.safetensors"];
      const listing = await takenLater(() => hubListing(question as never, asked, place as never));
      checkPrototypes();
      if (!listing) return;
      expect(listing.commit).toMatch(/^[0-9a-f]{40}$/);
      for (const { path, bytes, digest } of listing.files) {
        expect(asked).toContain(path);
        expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
        // It becomes the name of a file.
        expect(digest.value).toMatch(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
      }
    },
  );
});
