import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../base/node/cache-folder";
import { packageRoot, packageVersion } from "../../base/node/package-version";
import { findCifar10 } from "../../data/cifar10-files";
import { type EngineName, useEngine } from "../../tensor/node/engine";
import { type Bfloat16Instructions, bfloat16Instructions } from "../../tensor/precision";

/** What of vitlab works on this machine. */
export interface Installation {
  engine: EngineName;
  /** Null where the engine isn't native. */
  tensorflow: string | null;
  node: string;
  threads: number;
  tfjs: string;
  /** Why the engine isn't native, or null. */
  reason: string | null;
  /** Whether the engine runs fused operations of our own: native those that set-up compiles for the processor, wasm those that come along. */
  compiled: boolean;
  /** How products in bfloat16 are computed here: in tiles, in vectors, or not at all. */
  bfloat16: Bfloat16Instructions;
  platform: string;
  arch: string;
  vitlab: string;
  /** The folder of CIFAR-10's files, or null. */
  cifar10: string | null;
  /** Version of the Python in .venv, or null. */
  python: string | null;
  /** Version of the JupyterLab in .venv, or null. */
  jupyterlab: string | null;
  /** Name of the kernel that notebooks run in, or null. */
  kernel: string | null;
  /** Where set-up keeps what takes long to make. */
  cache: string;
}

/** Looks at this machine; starts the engine, changes nothing else. */
export async function inspectInstallation(): Promise<Installation> {
  const { engine, tensorflow, compiled, node, threads, tfjs, reason } = await useEngine(undefined, { quiet: true });
  const venv = findVenv();
  return {
    engine,
    tensorflow,
    node,
    threads,
    tfjs,
    reason,
    compiled,
    bfloat16: bfloat16Instructions(),
    platform: process.platform,
    arch: process.arch,
    vitlab: packageVersion(),
    cifar10: findCifar10() ?? null,
    python: venv && pythonVersion(venv),
    jupyterlab: venv && jupyterlabVersion(venv),
    kernel: venv && kernelName(venv),
    cache: cacheFolder(),
  };
}

/** The `.venv` of the project: of this package, or of the folder that the command was started in. */
function findVenv(): string | null {
  const places = [packageRoot, process.cwd()].map((folder) => join(folder, ".venv"));
  return places.find((venv) => existsSync(join(venv, "pyvenv.cfg"))) ?? null;
}

function pythonVersion(venv: string): string | null {
  const text = readFileSync(join(venv, "pyvenv.cfg"), "utf8");
  return /^version(?:_info)?\s*=\s*([\d.]+\d)/m.exec(text)?.[1] ?? null;
}

function jupyterlabVersion(venv: string): string | null {
  const libraries = list(join(venv, "lib")).map((name) => join(venv, "lib", name, "site-packages"));
  for (const folder of [...libraries, join(venv, "Lib", "site-packages")])
    for (const name of list(folder)) {
      const version = /^jupyterlab-([\d.]+\w*)\.dist-info$/.exec(name)?.[1];
      if (version) return version;
    }
  return null;
}

function kernelName(venv: string): string | null {
  const kernels = join(venv, "share", "jupyter", "kernels");
  for (const name of list(kernels)) {
    try {
      const spec = JSON.parse(readFileSync(join(kernels, name, "kernel.json"), "utf8"));
      if (spec.metadata?.vitlab === true) return String(spec.display_name);
    } catch {
      // A broken kernelspec of another kernel is no concern of ours.
    }
  }
  return null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
