const UNITS = [
  ["s", 1],
  ["ms", 1e3],
  ["µs", 1e6],
  ["ns", 1e9],
] as const;

/** A time span in seconds as IPython writes it: `12.3 µs`, `1.5 s`, `2min 5s`. */
export function formatTime(seconds: number): string {
  if (seconds >= 60) return longTime(Math.floor(seconds));
  const order = seconds > 0 ? Math.min(3, Math.max(0, -Math.floor(Math.log10(seconds) / 3))) : 3;
  const [unit, scale] = UNITS[order] as (typeof UNITS)[number];
  return `${Number((seconds * scale).toPrecision(3))} ${unit}`;
}

function longTime(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join(" ");
}
