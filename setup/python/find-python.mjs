import { run } from "../terminal/run.mjs";

const script = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)";
const minors = [14, 13, 12, 11, 10];

/** Python commands in the order in which they are tried. */
export function pythonCommands(platform = process.platform) {
  if (platform === "win32") return [["py", "-3"], ["python"]];
  return [["python3"], ["python"], ...minors.map((minor) => [`python3.${minor}`])];
}

/** The first Python 3.10 or newer in PATH as `{ command, version }`, or undefined. */
export async function findPython() {
  for (const [command, ...first] of pythonCommands()) {
    const result = await run(command, [...first, "-c", script], { timeoutSeconds: 20 });
    if (!result.ok) continue;
    const [version = "", executable = ""] = result.output.trim().split(/\r?\n/);
    if (isPythonSupported(version)) return { command: executable, version };
  }
  return undefined;
}

/** Whether `requirements.txt` is pinned for that Python. */
export function isPythonSupported(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 3 && minor >= 10;
}
