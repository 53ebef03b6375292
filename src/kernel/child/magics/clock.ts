import { formatTime } from "./format-time";

/** Starts to measure; the function returned tells the processor's time and the wall's since then, as IPython does. */
export function startClock(): () => string {
  const processor = process.cpuUsage();
  const wall = performance.now();
  return () => {
    const seconds = (performance.now() - wall) / 1e3;
    const { user, system } = process.cpuUsage(processor);
    const [u, s, total] = [user, system, user + system].map((time) => formatTime(time / 1e6));
    return `CPU times: user ${u}, sys: ${s}, total: ${total}\nWall time: ${formatTime(seconds)}\n`;
  };
}
