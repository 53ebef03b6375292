/** A sentence on the numbers that are exactly 0, where there are any. */
export function zerosNote(data: Float32Array): string[] {
  const zeros = data.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  if (zeros === 0) return [];
  return [
    `${zeros} of ${data.length} numbers ${zeros === 1 ? "is" : "are"} exactly 0: what was replaced there isn't read, or by the same value.`,
  ];
}
