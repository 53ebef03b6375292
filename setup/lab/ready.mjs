import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readStamp } from "../stamp.mjs";
import { run } from "../terminal/run.mjs";

/** Where Jupyter servers note their address, as the environment's own Jupyter says. */
export async function runtimeFolder(python) {
  const result = await run(python, ["-c", "from jupyter_core.paths import jupyter_runtime_dir as d; print(d())"]);
  return result.output.trim().split(/\r?\n/).at(-1);
}

/**
 * Waits until the server with that process id answers; its `{ url, token }` as it noted them itself (the port may not be
 * the one asked for), or undefined if `isOver()` becomes true before.
 */
export async function waitForServer({ folder, pid, isOver }) {
  while (!isOver()) {
    const note = readStamp(join(folder, `jpserver-${pid}.json`));
    if (note && (await answers(`${note.url}api`))) return { url: note.url, token: note.token };
    await sleep(150);
  }
  return undefined;
}

async function answers(url) {
  try {
    await fetch(url, { signal: AbortSignal.timeout(2000) });
    return true;
  } catch (error) {
    // A certificate that Node does not trust is an answer too.
    return /CERT|SSL|TLS/i.test(error.cause?.code ?? "");
  }
}

/** The address to open: the page JupyterLab starts with, and the token. */
export function pageUrl({ url, token }, args) {
  const setting = args.find((argument) => /^--(LabApp|ServerApp)\.default_url=/.test(argument));
  const page = setting ? setting.slice(setting.indexOf("=") + 1).replace(/^\//, "") : "lab";
  return `${url}${page}${token ? `?token=${token}` : ""}`;
}
