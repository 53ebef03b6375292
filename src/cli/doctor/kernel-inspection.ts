import { execFile } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../base/node/package-version";
import { KERNEL_NAME, kernelspecFolder, userJupyterFolder } from "../../kernel/kernelspec";

const ANSWER_LIMIT_MS = 20_000;

/** The kernel as Jupyter finds and starts it. */
export interface KernelState {
  /** Folder of the kernelspec. */
  folder: string;
  name: string;
  /** What Jupyter starts: a Node and the kernel's main file. */
  node: string;
  main: string;
  /** Version of that Node, or null where the kernel doesn't start. */
  nodeVersion: string | null;
  /** Whether that Node is the one that runs here. */
  sameNode: boolean;
  /** The compiler's startup snapshot for that Node, or null. */
  snapshot: string | null;
  /** Version of the TypeScript that checks the cells, or null where the kernel doesn't start. */
  typescript: string | null;
  /** Version of the types of Node that cells are checked with, or null where there are none. */
  nodeTypes: string | null;
  /** Why the kernel doesn't start, or null. */
  problem: string | null;
  /** The command that writes this kernelspec anew, with the Node that runs it. */
  remedy: string;
}

/** What the kernel's own Node says about itself and its files. */
type Answer = Pick<KernelState, "snapshot" | "typescript" | "nodeTypes"> & { nodeVersion: string };

/** The kernelspec that Jupyter takes, the first on its path, with what came of asking its Node; null without any. */
export async function inspectKernel(jupyterFolders = jupyterPath()): Promise<KernelState | null> {
  const folder = jupyterFolders
    .map((jupyter) => join(jupyter, "kernels", KERNEL_NAME))
    .find((candidate) => existsSync(join(candidate, "kernel.json")));
  if (folder === undefined) return null;
  const nothing = { nodeVersion: null, snapshot: null, typescript: null, nodeTypes: null };
  const { name, node, main, problem } = readKernelspec(folder);
  const state = { folder, name, node, main, sameNode: isSameFile(node, process.execPath), remedy: remedy(folder) };
  if (problem !== null) return { ...state, ...nothing, problem };
  try {
    return { ...state, ...(await ask(node, main)), problem: null };
  } catch (error) {
    return { ...state, ...nothing, problem: `${node} can't run it (${firstError(error as Error)})` };
  }
}

/** The folders in which Jupyter looks for kernels, in its order; a virtual environment goes before the user's folder. */
export function jupyterPath(env = process.env, cwd = process.cwd()): string[] {
  const own = [packageRoot, cwd].map((folder) => join(folder, ".venv"));
  const environments = [...own, env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix !== undefined);
  const system =
    process.platform === "win32"
      ? [join(env.PROGRAMDATA ?? "C:\\ProgramData", "jupyter")]
      : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
  return [
    ...(env.JUPYTER_PATH ?? "").split(delimiter).filter(Boolean),
    ...environments.map((prefix) => join(prefix, "share", "jupyter")),
    userJupyterFolder(env),
    ...system,
  ];
}

function readKernelspec(folder: string): Pick<KernelState, "name" | "node" | "main" | "problem"> {
  try {
    const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8"));
    const [node, main] = (spec.argv as unknown[]).map(String);
    if (!node || !main) throw new Error("argv names no Node and no file");
    const gone = [node, main].find((file) => !existsSync(file));
    return { name: String(spec.display_name), node, main, problem: gone === undefined ? null : `${gone} is gone` };
  } catch (error) {
    const problem = `kernel.json is damaged (${(error as Error).message})`;
    return { name: KERNEL_NAME, node: "", main: "", problem };
  }
}

/** Asks in the kernel's own Node: where its snapshot is depends on that Node and on the kernel's files. */
async function ask(node: string, main: string): Promise<Answer> {
  const compiler = join(dirname(dirname(main)), "compiler");
  const { stdout } = await promisify(execFile)(node, ["-e", QUESTION, compiler], { timeout: ANSWER_LIMIT_MS });
  return JSON.parse(stdout) as Answer;
}

const QUESTION = `
const folder = process.argv[1];
const version = (name) => {
  try {
    return require(require.resolve(name + "/package.json", { paths: [folder] })).version;
  } catch {
    return null;
  }
};
const snapshot = require(folder + "/snapshot.js").snapshotFile();
console.log(JSON.stringify({
  nodeVersion: process.versions.node,
  snapshot: require("node:fs").existsSync(snapshot) ? snapshot : null,
  typescript: version("typescript"),
  nodeTypes: version("@types/node"),
}));`;

/** What a program that failed said, in one line. */
function firstError(error: Error & { stderr?: string }): string {
  const lines = (error.stderr || error.message).split("\n").map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0]!;
}

function remedy(folder: string): string {
  if (isSameFile(folder, kernelspecFolder())) return "npx vitlab kernelspec install --user";
  const prefix = join(folder, "..", "..", "..", "..");
  return isSameFile(folder, kernelspecFolder(prefix))
    ? `npx vitlab kernelspec install --prefix ${prefix}`
    : "npx vitlab kernelspec install";
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
