import { expect, test } from "vitest";
import { murmur2 } from "../../../src/kernel/typescript/debugger/murmur2";

test("murmur2 hashes a cell to the number that ipykernel's murmur2_x86 gives", () => {
  const hashes = {
    "": 3990065800,
    a: 2167009006,
    ab: 2805137849,
    abc: 3350977461,
    abcd: 804720481,
    "const x = 1;\nx": 552911769,
    "äöü✓": 3556232710,
    "let y = 2 // 12345": 2233541413,
  };
  for (const [text, hash] of Object.entries(hashes)) expect(murmur2(text, 0xc70f6907), text).toBe(hash);
});
