import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { engineFile, packageFile } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { isOffline } from "../terminal/offline.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { onInterrupt } from "../terminal/signals.mjs";

/** Whether the host of tfjs-node's ready-made binaries answers at all; in many networks it is blocked. */
export async function officialHostAnswers(env = process.env) {
  if (isOffline(env)) return false;
  try {
    const packed = JSON.parse(readFileSync(engineFile("package.json"), "utf8"));
    const host = env.TFJS_NODE_CDN_STORAGE || new URL(packed.binary.host).origin;
    await fetch(host, { method: "HEAD", signal: AbortSignal.timeout(3000) });
    return true;
  } catch {
    return false;
  }
}

/** Lets tfjs-node's own installer fetch its ready-made, older TensorFlow; it runs in a copy that is moved in when whole. */
export async function installOfficial(report) {
  report.working("downloading tfjs-node's ready-made TensorFlow");
  const source = engineFile();
  const copy = `${source}-${process.pid}.tmp`;
  const remove = () => rmSync(copy, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  try {
    cpSync(source, copy, { recursive: true });
    const path = [packageFile(".bin"), process.env.PATH].join(delimiter);
    const result = await run(process.execPath, ["scripts/install.js"], {
      cwd: copy,
      env: { ...process.env, PATH: path },
      timeoutSeconds: 900,
    });
    if (!result.ok || !existsSync(join(copy, "lib", "napi-v8", "tfjs_binding.node"))) {
      throw new SetupError(`tfjs-node's own installer failed (${lastWords(result.output)})`);
    }
    for (const part of ["deps", "lib"]) {
      rmSync(join(source, part), { recursive: true, force: true });
      renameSync(join(copy, part), join(source, part));
    }
  } finally {
    forget();
    remove();
  }
}
