import fs from "node:fs";
import path from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { tf } from "../../src/tensor/tf";

/** How one stored tensor is to be compared; see tests/goldens/README.md. */
interface Entry {
  shape: number[];
  kind: "exact" | "forward" | "grad" | "optimiser";
  atol: number;
  rtol: number;
  stride?: number;
  share_within_atol?: number;
  outer_atol?: number;
  skip?: [number, number];
}

/** Numbers of a reference implementation, with the tolerance of each. */
export class Golden {
  private readonly bytes: Buffer;
  private readonly header: Record<string, { data_offsets: [number, number]; shape: number[] }>;
  private readonly start: number;
  readonly json: { config: Record<string, unknown>; scalars: Record<string, unknown>; tensors: Record<string, Entry> };

  /** @param name path below tests/goldens without extension, e.g. "layers/basics" or "simple_vit/article/golden" */
  constructor(name: string) {
    const file = path.join(__dirname, "..", "goldens", name);
    this.json = JSON.parse(fs.readFileSync(`${file}.json`, "utf8"));
    this.bytes = fs.readFileSync(`${file}.safetensors`);
    const length = Number(this.bytes.readBigUInt64LE(0));
    this.header = JSON.parse(this.bytes.toString("utf8", 8, 8 + length));
    this.start = 8 + length;
  }

  /** Names that start with a prefix, without it. */
  names(prefix: string): string[] {
    return Object.keys(this.json.tensors)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  entry(name: string): Entry {
    const entry = this.json.tensors[name];
    if (!entry) throw new Error(`no golden ${name}`);
    return entry;
  }

  data(name: string): Float32Array {
    const place = this.header[name];
    if (!place) throw new Error(`no golden ${name}`);
    const [from, to] = place.data_offsets;
    const copy = this.bytes.buffer.slice(
      this.bytes.byteOffset + this.start + from,
      this.bytes.byteOffset + this.start + to,
    );
    return new Float32Array(copy as ArrayBuffer);
  }

  shape(name: string): number[] {
    return this.entry(name).shape;
  }

  tensor<T extends Tensor = Tensor>(name: string): T {
    return tf.tensor(this.data(name), this.shape(name), "float32") as T;
  }

  /** The tensor with axes moved from PyTorch's images [image, channel, row, column] to [image, row, column, channel]. */
  images(name: string): Tensor & ReturnType<typeof tf.tensor4d> {
    return tf.tidy(() => tf.transpose(this.tensor(name), [0, 2, 3, 1])) as never;
  }

  /** Compares within the stored tolerance; `got` in the stored layout. */
  expectClose(name: string, got: ArrayLike<number> | Tensor): void {
    const entry = this.entry(name);
    const values = isTensor(got) ? got.dataSync() : got;
    if (isTensor(got)) expect(got.size, `${name}: size`).toBe(entry.shape.reduce((a, b) => a * b, 1));
    const want = this.data(name);
    const stride = entry.stride ?? 1;
    if (stride === 1) expect(values.length, `${name}: length`).toBe(want.length);
    let within = 0;
    let counted = 0;
    let worst = { excess: 0, at: -1, got: 0, want: 0 };
    for (let i = 0; i < want.length; i++) {
      const g = values[i * stride] as number;
      const w = want[i] as number;
      const difference = Math.abs(g - w);
      const limit = entry.kind === "optimiser" ? (entry.outer_atol as number) : entry.atol + entry.rtol * Math.abs(w);
      const excess = Number.isFinite(g) ? difference - limit : Number.POSITIVE_INFINITY;
      if (excess > worst.excess) worst = { excess, at: i, got: g, want: w };
      if (entry.skip && i >= entry.skip[0] && i < entry.skip[1]) continue;
      counted++;
      if (difference <= entry.atol) within++;
    }
    expect(worst, `${name}: outside the tolerance`).toMatchObject({ at: -1 });
    if (entry.kind === "optimiser")
      expect(within / counted, `${name}: share within ${entry.atol}`).toBeGreaterThanOrEqual(
        entry.share_within_atol ?? 1,
      );
  }
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof tf.Tensor;
}

/** A matrix `[rows, columns]` turned over. */
export function transposed(data: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j] as number;
  return turned;
}
