import { expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { encodeSafetensors } from "../../../src/base/node/safetensors-writer";
import { Random } from "../../../src/base/random";
import { decodeSafetensors } from "../../support/decode-safetensors";

const whole = Buffer.concat(
  encodeSafetensors(
    {
      "vit.embeddings.cls_token": { shape: [1, 1, 4], data: new Float32Array(4) },
      "classifier.weight": { shape: [3, 4], data: new Float32Array(12) },
      "classifier.bias": { shape: [3], data: new Float32Array(3) },
    },
    { format: "pt" },
  ),
);
const headerEnd = 8 + Number(whole.readBigUInt64LE());

/** What a careless or hostile writer may put where a number, name or bracket belongs. */
const WORDS = [
  "0",
  "-1",
  "1e400",
  "4294967296",
  "9007199254740993",
  "null",
  "[]",
  "{}",
  '"',
  "\\",
  "{",
  "}",
  "[[",
  "]",
  ",",
  ":",
  '"__proto__":',
  '"__metadata__":',
  '"F64"',
  '"F16"',
  "\u0000",
  "ÿ",
  "12",
  "48",
  "76",
];

/** The file with its header spoiled in one to three places; with or without a length that fits. */
function mutated(random: Random): Buffer {
  let header = whole.subarray(8, headerEnd);
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const at = random.integer(header.length);
    const until = Math.min(header.length, at + random.integer(6));
    const kind = random.integer(5);
    const insert =
      kind === 0
        ? Buffer.from([random.integer(256)])
        : kind === 1
          ? Buffer.alloc(0)
          : kind === 2
            ? header.subarray(random.integer(header.length)).subarray(0, random.integer(120))
            : Buffer.from(WORDS[random.integer(WORDS.length)] as string);
    const keep = kind === 4 ? at : until;
    header = Buffer.concat([header.subarray(0, at), insert, header.subarray(keep)]);
  }
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  if (random.integer(8) === 0) length[random.integer(8)] = random.integer(256);
  const file = Buffer.concat([length, header, whole.subarray(headerEnd)]);
  return random.integer(8) === 0 ? file.subarray(0, random.integer(file.length)) : file;
}

it("20,000 spoiled headers: a sentence, or tensors that fill their shapes", () => {
  const random = new Random(20_000);
  let refused = 0;
  let read = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = mutated(random);
    try {
      const { tensors } = decodeSafetensors(bytes, "w.safetensors");
      read++;
      for (const { shape, data } of Object.values(tensors)) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
    } catch (error) {
      if (!(error instanceof VitlabError)) throw error;
      expect(error.message).toMatch(/^w\.safetensors/);
      refused++;
    }
  }
  // Spoiling spares some, such as where it changes a letter of a name.
  expect(refused).toBeGreaterThan(10_000);
  expect(read).toBeGreaterThan(100);
});
