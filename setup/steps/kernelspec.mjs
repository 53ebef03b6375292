import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { kernel } from "../kernel.mjs";
import { packageFile, venv } from "../paths.mjs";
import { readStamp, writeWhole } from "../stamp.mjs";

/**
 * Writes the kernelspec that starts tslab with this very Node: into `.venv`, or, without Python, into the user's Jupyter
 * folder, where VS Code looks.
 */
export function writeKernelspec({ hasJupyter }) {
  const shared = hasJupyter ? join(venv, "share", "jupyter") : userJupyterFolder();
  const path = join(shared, "kernels", kernel.name, "kernel.json");
  if (!hasJupyter && existsSync(path) && readStamp(path)?.metadata?.vitlab !== true) {
    return { text: `"${kernel.displayName}": the one in ${path} stays as it is` };
  }
  const text = `${JSON.stringify(kernelspec(process.execPath, packageFile("tslab", "bin/tslab")), null, 2)}\n`;
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeWhole(path, text);
  return { text: `"${kernel.displayName}"${hasJupyter ? "" : ` in ${path}`}` };
}

/** The contents of `kernel.json`: absolute paths, so that it starts whatever PATH says. */
export function kernelspec(node, tslab) {
  return {
    argv: [node, tslab, "kernel", "--config-path", "{connection_file}"],
    display_name: kernel.displayName,
    language: kernel.language,
    env: { TF_CPP_MIN_LOG_LEVEL: "3" },
    metadata: { vitlab: true },
  };
}

/** Where Jupyter programs look for what the user installed. */
export function userJupyterFolder(env = process.env, platform = process.platform, home = homedir()) {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return join(env.APPDATA ?? join(home, "AppData", "Roaming"), "jupyter");
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}
