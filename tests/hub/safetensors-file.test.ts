import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SafetensorsFile } from "../../src/base/node/safetensors-file";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";

const folder = mkdtempSync(join(tmpdir(), "vitlab-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tensors = {
  a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  b: { shape: [1], data: Float32Array.of(-0.5) },
};

describe("a safetensors file on disk", () => {
  it("comes back as it was saved", async () => {
    const file = join(folder, "new", "w.safetensors");
    await saveSafetensors(file, tensors);
    expect(await loadSafetensors(file)).toEqual(tensors);
  });

  it("gives one tensor at a time, with its type, and the metadata", async () => {
    const file = join(folder, "one.safetensors");
    await saveSafetensors(file, tensors, { dtype: "F16", metadata: { format: "pt" } });
    const open = await SafetensorsFile.open(file);
    expect(open.names()).toEqual(["a", "b"]);
    expect(open.metadata).toEqual({ format: "pt" });
    expect(open.entry("b")).toMatchObject({ dtype: "F16", shape: [1] });
    expect(open.entry("constructor")).toBeUndefined();
    expect(await open.read("b")).toEqual(tensors.b);
    await expect(open.read("c")).rejects.toThrow("one.safetensors has no tensor c");
    await open.close();
  });

  it("has no numbers with a sign in its header", async () => {
    const file = join(folder, "minus.safetensors");
    const header = Buffer.from('{"none":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(file, Buffer.concat([length, header]));
    await expect(SafetensorsFile.open(file)).rejects.toThrow("its entry none has no dtype, shape and data_offsets");
  });

  it("may hold numbers of other types, as long as nobody asks for them", async () => {
    const file = join(folder, "ids.safetensors");
    const header = Buffer.from('{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(file, Buffer.concat([length, header, Buffer.alloc(8)]));
    const open = await SafetensorsFile.open(file);
    expect(open.names()).toEqual(["ids"]);
    await expect(open.read("ids")).rejects.toThrow("tensor ids is I64; only F64, F32, F16, BF16 can be read");
    await open.close();
  });

  /** A file of one float, an integer of 64 bits, a byte and a truth value. */
  function mixed(name: string): string {
    const file = join(folder, name);
    const header = Buffer.from(
      JSON.stringify({
        weight: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
        ids: { dtype: "I64", shape: [1], data_offsets: [4, 12] },
        byte: { dtype: "U8", shape: [1], data_offsets: [12, 13] },
        mask: { dtype: "BOOL", shape: [1], data_offsets: [13, 14] },
      }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const body = Buffer.alloc(14);
    body.writeFloatLE(2.5);
    writeFileSync(file, Buffer.concat([length, header, body]));
    return file;
  }

  it("is read without its integers and truth values, which are named", async () => {
    const file = mixed("mixed.safetensors");
    const said: string[] = [];
    expect(await loadSafetensors(file, { say: (text) => said.push(text) })).toEqual({
      weight: { shape: [1], data: Float32Array.of(2.5) },
    });
    expect(said).toEqual([
      `${file}: left out ids (I64), byte (U8), mask (BOOL), whose numbers are no floating-point ones of 16 bits or more`,
    ]);
    await expect(loadSafetensors(file, { tell: () => {} } as never)).rejects.toThrow(
      "loadSafetensors has no option tell",
    );
  });

  it("tells the SHA-256 of its content where that is asked for, and is held against it", async () => {
    const file = join(folder, "digest.safetensors");
    await saveSafetensors(file, tensors, { metadata: { a: "b" }, digest: true });
    expect(await loadSafetensors(file, { say: (text) => expect.fail(text) })).toEqual(tensors);
    const bytes = readFileSync(file);
    expect(bytes.toString("latin1")).toMatch(/"vitlab_sha256":"[0-9a-f]{64}"/);
    const open = await SafetensorsFile.open(file);
    // For another file it would be wrong.
    expect(open.metadata).toEqual({ a: "b" });
    await open.verify();
    await open.close();
    for (const at of [bytes.length - 1, bytes.length - 28]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 1;
      writeFileSync(file, damaged);
      await expect(loadSafetensors(file)).rejects.toThrow(
        "digest.safetensors is damaged: its content doesn't have the SHA-256 it was written with",
      );
    }
    await saveSafetensors(file, tensors, { metadata: { a: "b" } });
    expect(readFileSync(file).toString("latin1")).not.toContain("sha256");
  });

  it("is refused in a sentence where it is missing, a folder, or cut off", async () => {
    const file = join(folder, "cut.safetensors");
    await saveSafetensors(file, tensors);
    truncateSync(file, 150);
    await expect(loadSafetensors(file)).rejects.toThrow("cut.safetensors is not a whole safetensors file: ");
    await expect(loadSafetensors(join(folder, "none"))).rejects.toThrow("none can't be read: there is no such file");
    await expect(loadSafetensors(folder)).rejects.toThrow("can't be read: it is a folder, not a file");
  });

  it("is not written where a tensor doesn't fill its shape, or the type is unknown", async () => {
    const file = join(folder, "wrong", "w.safetensors");
    await expect(saveSafetensors(file, { a: { shape: [3], data: new Float32Array(2) } })).rejects.toThrow(
      "tensor a has 2 numbers",
    );
    await expect(saveSafetensors(file, tensors, { dtype: "I8" as never })).rejects.toThrow(
      'dtype is "I8": it must be one of F32, F16, BF16',
    );
    expect(readdirSync(folder)).not.toContain("wrong");
  });
});
