const color = (code: number): string => (process.env.NO_COLOR ? "" : `\u001b[${code}m`);

/** Colors of errors, as notebooks and terminals understand them; none where the kernel was started with `NO_COLOR` (no-color.org). */
export const RED = color(31);
export const CYAN = color(36);
export const DIM = color(2);
export const OFF = color(0);
