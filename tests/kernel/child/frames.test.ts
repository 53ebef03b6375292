import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder } from "../../../src/kernel/child/frames";
import type { FromChild } from "../../../src/kernel/child/protocol";

const HEADS: readonly FromChild[] = [
  { type: "ready" },
  { type: "stream", parent: 7, name: "stdout", text: "grüße 🎉\n" },
  { type: "handled", id: 2 ** 31 },
];

function decoder() {
  const frames: { head: FromChild; buffers: Buffer[] }[] = [];
  return { frames, decoder: new FrameDecoder((head, buffers) => frames.push({ head, buffers: [...buffers] })) };
}

describe("frames", () => {
  const buffers = [Buffer.from([1, 2, 3]), Buffer.alloc(0), new Uint8Array([255])];
  const bytes = Buffer.concat(HEADS.map((head) => encodeFrame(head, buffers)));

  it("come out as they went in, however the bytes are cut", () => {
    for (let size = 1; size <= bytes.length; size++) {
      const { frames, decoder: sut } = decoder();
      for (let at = 0; at < bytes.length; at += size) sut.push(bytes.subarray(at, at + size));
      expect(frames.map(({ head }) => head)).toEqual(HEADS);
      for (const frame of frames) expect(frame.buffers.map((b) => [...b])).toEqual([[1, 2, 3], [], [255]]);
    }
  });

  it("come out one by one when many are in one chunk", () => {
    const { frames, decoder: sut } = decoder();
    sut.push(Buffer.concat([bytes, bytes, bytes]));
    expect(frames).toHaveLength(9);
  });

  it("are delivered when they are complete, not before", () => {
    const { frames, decoder: sut } = decoder();
    const frame = encodeFrame({ type: "ready" }, [Buffer.from("abc")]);
    sut.push(frame.subarray(0, -1));
    expect(frames).toEqual([]);
    sut.push(frame.subarray(-1));
    expect(frames).toHaveLength(1);
  });

  it("of 50 MB take time in proportion to their size", () => {
    const time = (megabytes: number) => {
      const frame = encodeFrame({ type: "ready" }, [Buffer.alloc(megabytes * 1e6, 7)]);
      const { frames, decoder: sut } = decoder();
      const start = performance.now();
      for (let at = 0; at < frame.length; at += 65_536) sut.push(frame.subarray(at, at + 65_536));
      expect(frames[0]!.buffers[0]!.length).toBe(megabytes * 1e6);
      return performance.now() - start;
    };
    time(50);
    // The shortest of three each: others at work on the machine only ever make it longer.
    const [small, large] = [5, 50].map((megabytes) => Math.min(...[1, 2, 3].map(() => time(megabytes)))) as [
      number,
      number,
    ];
    // 10 times the bytes: 100 times the time, were they copied again for every chunk.
    expect(large).toBeLessThan(Math.max(small, 1) * 50);
  });
});
