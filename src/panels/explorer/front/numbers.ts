/** A share of 1: "41 %", and below 10 % with a decimal. */
export function share(value: number): string {
  const percent = 100 * value;
  return `${percent < 9.95 && percent > 0 ? (percent < 0.05 ? "<0.1" : percent.toFixed(1)) : Math.round(percent)} %`;
}

/** A number in about three digits, with a true minus sign. */
export function short(value: number): string {
  if (value === 0) return "0";
  const text = Math.abs(value) >= 0.001 && Math.abs(value) < 1e5 ? trimmed(value) : value.toExponential(1);
  return text.replace("-", "−");
}

function trimmed(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
