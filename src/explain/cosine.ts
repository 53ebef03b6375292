/** The cosine of the angle between two vectors, `size` numbers from an offset each; 0 where one is all zeros. */
export function cosine(a: ArrayLike<number>, from: number, b: ArrayLike<number>, to: number, size: number): number {
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const [x, y] = [a[from + i] as number, b[to + i] as number];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}
