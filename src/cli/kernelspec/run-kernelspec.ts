import { VitlabError } from "../../base/error";
import {
  installLabExtension,
  type LabExtensionFiles,
  labExtensionFolder,
  removeLabExtension,
} from "../../base/node/lab-extension";
import { FIGURES_EXTENSION, figuresExtension } from "../../figure/jupyterlab/lab-extension";
import { buildSnapshot } from "../../kernel/compiler/snapshot";
import { EDITING_EXTENSION, editingExtension } from "../../kernel/jupyterlab/lab-extension";
import {
  installKernelspec,
  jupyterFolder,
  KERNEL_DISPLAY_NAME,
  kernelspecFolder,
  removeKernelspec,
} from "../../kernel/kernelspec";
import { installPythonPackage, pythonPackages, removePythonPackage } from "../../kernel/python-package";
import { KERNEL_PACKAGES } from "../kernel/packages";
import { loadSetUp } from "../setup/set-up-folder";
import { printLine } from "../terminal/output";

/** Throws when both places are named or none is, or the folder can't be written. */
export async function runKernelspec(
  action: "install" | "remove",
  { user, prefix }: { user?: boolean; prefix?: string },
): Promise<void> {
  if (user && prefix !== undefined) throw new VitlabError("--user and --prefix name two places: give one of them.");
  if (prefix?.trim() === "") throw new VitlabError("--prefix is empty: give the folder of an environment, .venv say.");
  const folder = kernelspecFolder(prefix);
  const jupyter = jupyterFolder(prefix);
  if (action === "remove") {
    for (const name of [FIGURES_EXTENSION, EDITING_EXTENSION]) removeLabExtension(jupyter, name);
    const packages = pythonPackages(prefix);
    if (packages) removePythonPackage(packages);
    printLine(removeKernelspec(folder) ? `Removed ${folder}` : `Nothing to remove: there is no ${folder}`);
    return;
  }
  await bringPackages();
  installKernelspec(folder);
  printLine(`Installed "${KERNEL_DISPLAY_NAME}" in ${folder}`);
  // Without them plots are pictures, as in every other front end, and errors are told when a cell runs.
  extend(jupyter, figuresExtension(), "what draws its plots");
  extend(jupyter, editingExtension(), "what marks errors while you type");
  printLine(teachPapermill(prefix));
  try {
    await buildSnapshot();
    printLine("Prepared a snapshot of the compiler: the kernel starts in a fraction of a second.");
  } catch (error) {
    // The kernel works without; it takes a second longer to start.
    printLine(`No snapshot of the compiler (${(error as Error).message}): the kernel starts a second later.`);
  }
}

/** Installs an extension of JupyterLab and Notebook 7, and says so; the kernel works without. */
function extend(jupyter: string, extension: LabExtensionFiles, what: string): void {
  try {
    const folder = installLabExtension(jupyter, extension);
    printLine(`Installed ${what} in JupyterLab and Notebook 7 in ${folder}`);
  } catch (error) {
    const folder = labExtensionFolder(jupyter, extension.name);
    printLine(`JupyterLab goes without ${what}: ${folder} can't be written (${(error as Error).message}).`);
  }
}

/** Puts beside vitlab what of the kernel's packages isn't there, and says so first. */
async function bringPackages(): Promise<void> {
  const { missingBeside, bringBesideAlone } = await loadSetUp("beside.mjs");
  const working = (text: string) => printLine(`Installing what the kernel needs: ${text} …`);
  try {
    if (missingBeside(KERNEL_PACKAGES).length > 0) await bringBesideAlone(KERNEL_PACKAGES, { report: { working } });
  } catch (error) {
    throw new VitlabError((error as Error).message);
  }
}

/** Has papermill set parameters of TypeScript notebooks, and says where; without it, it runs them as they are. */
function teachPapermill(prefix?: string): string {
  const packages = pythonPackages(prefix);
  if (!packages) {
    const where = prefix === undefined ? "of this user's python3" : `in ${prefix}`;
    return `papermill can't set parameters: there is no folder of Python packages ${where}; install with --prefix into the environment that papermill runs in.`;
  }
  try {
    installPythonPackage(packages);
    return `Installed what has papermill set parameters in ${packages}`;
  } catch (error) {
    return `papermill can't set parameters: ${packages} can't be written (${(error as Error).message}).`;
  }
}
