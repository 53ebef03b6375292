import { seconds } from "./seconds.mjs";

const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const colors = { "✓": 32, "–": 33, "✗": 31 };

/**
 * Shows one step of set-up: a moving line with a bar while it works (on a terminal), one plain line when it is over.
 * `working(text, fraction)` may be called as often as one likes; elsewhere than on a terminal its first text is printed
 * once, so that a log shows what is being waited for.
 */
export function showStep(title, { stream = process.stdout, now = () => performance.now() } = {}) {
  const live = stream.isTTY === true && process.env.TERM !== "dumb";
  const started = now();
  let text = "";
  let fraction;
  let announced = false;
  let frame = 0;
  const draw = () => {
    const wheel = spinner[frame++ % spinner.length];
    const line = `${wheel} ${title} ${bar(fraction)} ${seconds(now() - started)}: ${text}`;
    stream.write(`\r\x1b[2K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  let timer;
  return {
    working(nextText, nextFraction) {
      text = nextText;
      fraction = nextFraction;
      if (live) {
        timer ??= setInterval(draw, 120);
      } else if (!announced) {
        announced = true;
        stream.write(`  ${title}: ${text} …\n`);
      }
    },
    end(mark, result) {
      clearInterval(timer);
      const colored = live && !process.env.NO_COLOR ? `\x1b[${colors[mark]}m${mark}\x1b[0m` : mark;
      stream.write(`${live ? "\r\x1b[2K" : ""}${colored} ${title}: ${result} (${seconds(now() - started)})\n`);
    },
  };
}

/** Takes a step and shows it; resolves to whether it went well. */
export async function takeStep(title, work) {
  const report = showStep(title);
  try {
    const { mark = "✓", text } = await work(report);
    report.end(mark, text);
    return true;
  } catch (error) {
    report.end("✗", error.message);
    return false;
  }
}

/** `[████████░░░░░░░░░░░░] 40 %`, or nothing where there is no fraction to show. */
export function bar(fraction, width = 20) {
  if (fraction === undefined) return "";
  const share = Math.min(1, Math.max(0, fraction));
  const full = Math.round(share * width);
  return `[${"█".repeat(full)}${"░".repeat(width - full)}] ${Math.round(share * 100)} %`;
}
