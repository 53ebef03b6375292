/** Numbers along a run that may be long, in bounded memory: neighbors become their mean where there are too many. */
export class Series {
  /** Sums of x and y, and how many points they are of. */
  #buckets: [x: number, y: number, count: number][] = [];
  #size = 1;
  readonly #most: number;

  /** Keeps from `most / 2` to `most` points. */
  constructor(most = 240) {
    this.#most = most;
  }

  add(x: number, y: number): void {
    const last = this.#buckets.at(-1);
    if (last && last[2] < this.#size) {
      last[0] += x;
      last[1] += y;
      last[2]++;
      return;
    }
    this.#buckets.push([x, y, 1]);
    if (this.#buckets.length > this.#most) this.#halve();
  }

  /** Rounded to what can be seen. */
  points(change: (y: number) => number = (y) => y): { x: number[]; y: (number | null)[] } {
    return {
      x: this.#buckets.map(([x, , count]) => rounded(x / count) as number),
      y: this.#buckets.map(([, y, count]) => rounded(change(y / count))),
    };
  }

  #halve(): void {
    const all = this.#buckets;
    this.#buckets = [];
    for (let i = 0; i < all.length; i += 2) {
      const [first, second = [0, 0, 0]] = [all[i] as [number, number, number], all[i + 1]];
      this.#buckets.push([first[0] + second[0], first[1] + second[1], first[2] + second[2]]);
    }
    this.#size *= 2;
  }
}

/** To five digits; what is no finite number is null, as in JSON. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
