/** A number in a formula: three digits, a negative one in brackets. */
export function term(value: number): string {
  return value < 0 ? `(${digits(value)})` : digits(value);
}

/** A number with three digits. */
export function digits(value: number): string {
  const text = String(Number(value.toPrecision(3)));
  return text.replace("-", "−").replace("e−", "e-");
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** How many terms of a sum are written out. */
const SHOWN = 3;

/** "0.3 · 0.1 + (−0.2) · 0.5 + … 30 more". */
export function products(a: ArrayLike<number>, b: ArrayLike<number>): string {
  return sum(a.length, (i) => `${term(a[i] as number)} · ${term(b[i] as number)}`);
}

/** The first terms of a sum, and how many there are besides. */
export function sum(count: number, write: (i: number) => string): string {
  const first = Array.from({ length: Math.min(count, SHOWN) }, (_, i) => write(i));
  return [...first, ...(count > SHOWN ? [`… ${count - SHOWN} more`] : [])].join(" + ");
}
