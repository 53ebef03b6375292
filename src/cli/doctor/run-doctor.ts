import { isClone } from "../../base/node/is-clone";
import { setUpCommand } from "../../tensor/node/set-up-command";
import type { Bfloat16Instructions } from "../../tensor/precision";
import { printJson, printLine } from "../terminal/output";
import { type Installation, inspectInstallation } from "./installation";
import { inspectKernel, type KernelState } from "./kernel-inspection";
import { nodeLimits } from "./node-limits";

/** What `vitlab doctor --json` prints: what works on this machine, and the kernel as Jupyter starts it. */
interface Findings extends Installation {
  /** The kernel that Jupyter finds, or null. */
  kernelspec: KernelState | null;
  /** What the kernel can't do on its Node, a sentence each. */
  limits: string[];
}

const BFLOAT16: Record<Bfloat16Instructions, string> = {
  amx: "multiplied in tiles (AMX): --precision bfloat16 trains wide models in a fraction of the time",
  avx512: "multiplied in vectors (AVX-512 BF16): --precision bfloat16 trains wide models in about 0.7 of the time",
  none: "this processor has no instructions for it: products are in float32",
};

type Row = [mark: "✓" | "–", what: string, state: string, remedy?: string];

/** Prints what runs here: a short table, or one JSON object. */
export async function runDoctor(json: boolean): Promise<void> {
  const installation = await inspectInstallation();
  const kernelspec = await inspectKernel();
  const limits = nodeLimits(kernelspec?.nodeVersion ?? installation.node, kernelspec?.nodeTypes ?? null);
  const found = { ...installation, kernel: kernelspec?.name ?? null, kernelspec, limits };
  if (json) printJson(found);
  else for (const line of table(found)) printLine(line);
}

function table(found: Findings): string[] {
  const { engine, tensorflow, compiled, threads, reason, cifar10, python, jupyterlab, kernelspec } = found;
  const version = tensorflow ? `TensorFlow ${tensorflow}, ` : "";
  const rows = [
    row(true, "vitlab", `${found.vitlab} on Node ${found.node}, ${found.platform} ${found.arch}`),
    row(
      engine === "native",
      "engine",
      `${engine} (${version}TensorFlow.js ${found.tfjs}, ${threads} ${threads === 1 ? "thread" : "threads"})`,
      reason,
    ),
    ...operationRows(engine, compiled),
    ...(engine === "native" ? [row(found.bfloat16 !== "none", "bfloat16", BFLOAT16[found.bfloat16])] : []),
    row(
      cifar10 !== null,
      "CIFAR-10",
      cifar10 ?? "not here",
      "`npx vitlab data cifar10` fetches it; until then there are the shapes",
    ),
    ...(isClone
      ? [
          row(python !== null, "Python", python ?? "not set up", "`npm start` in the project makes .venv"),
          row(jupyterlab !== null, "JupyterLab", jupyterlab ?? "not set up", "`npm start` in the project installs it"),
        ]
      : []),
    ...(kernelspec
      ? kernelRows(kernelspec, found.node)
      : [
          row(
            false,
            "kernel",
            "none where this user's Jupyter looks",
            "`npx vitlab kernelspec install` makes it known to Jupyter",
          ),
        ]),
    ...(isClone || kernelspec ? found.limits.map((limit) => row(false, "limit", limit)) : []),
    row(true, "cache", found.cache),
  ];
  const width = Math.max(...rows.map(([, what]) => what.length));
  return rows.flatMap(([mark, what, state, remedy]) => [
    `${mark} ${what.padEnd(width)}  ${state}`,
    ...(remedy ? [`  ${"".padEnd(width)}  ${remedy}`] : []),
  ]);
}

function operationRows(engine: Findings["engine"], compiled: boolean): Row[] {
  if (engine === "native") {
    const ours = compiled ? "compiled for this processor" : "TensorFlow's own, several times slower in training";
    return [row(compiled, "operations", ours, `${setUpCommand} compiles them where there is a C++ compiler`)];
  }
  if (engine === "cpu") return [];
  const ours = compiled ? "compiled to WebAssembly" : "TensorFlow.js's own, half as fast in training";
  const why = "VITLAB_COMPILED is off, or they can't share the memory of TensorFlow.js's WebAssembly backend";
  return [row(compiled, "operations", ours, why)];
}

function kernelRows(kernel: KernelState, runningNode: string): Row[] {
  const { folder, name, node, nodeVersion, sameNode, snapshot, typescript, nodeTypes, problem, remedy } = kernel;
  if (problem !== null)
    return [row(false, "kernel", `${name} in ${folder}: ${problem}`, `\`${remedy}\` writes it anew with this Node`)];
  return [
    row(true, "kernel", `${name} in ${folder}`),
    row(
      sameNode,
      "its Node",
      `${nodeVersion}, ${node}${sameNode ? ", the one that runs here" : ""}`,
      `the one that runs here is ${runningNode}, ${process.execPath}: \`${remedy}\` changes to it`,
    ),
    row(
      snapshot !== null,
      "snapshot",
      snapshot ?? "none of the compiler for its Node: the next start takes a second longer, and makes one",
    ),
    row(
      typescript !== null,
      "TypeScript",
      `${typescript ?? "not here"}, with ${nodeTypes ? `types of Node ${nodeTypes}` : "no types of Node"}`,
      isClone ? "`npm install` brings it" : "`npx vitlab kernelspec install` brings it",
    ),
  ];
}

function row(good: boolean, what: string, state: string, remedy?: string | null): Row {
  return [good ? "✓" : "–", what, state, good ? undefined : (remedy ?? undefined)];
}
