/** Milliseconds as people say them: `0.3 s`, `42 s`, `3 min 20 s`. */
export function seconds(milliseconds) {
  const value = milliseconds / 1000;
  if (value < 9.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
