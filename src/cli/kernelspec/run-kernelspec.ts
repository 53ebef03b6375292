import { VitlabError } from "../../base/error";
import { installLabExtension, labExtensionFolder, removeLabExtension } from "../../figure/jupyterlab/lab-extension";
import { buildSnapshot } from "../../kernel/compiler/snapshot";
import {
  installKernelspec,
  jupyterFolder,
  KERNEL_DISPLAY_NAME,
  kernelspecFolder,
  removeKernelspec,
} from "../../kernel/kernelspec";
import { printLine } from "../terminal/output";

/** Throws when both places are named or none is, or the folder can't be written. */
export async function runKernelspec(
  action: "install" | "remove",
  { user, prefix }: { user?: boolean; prefix?: string },
): Promise<void> {
  if (user && prefix !== undefined) throw new VitlabError("--user and --prefix name two places: give one of them.");
  if (prefix?.trim() === "") throw new VitlabError("--prefix is empty: give the folder of an environment, .venv say.");
  const folder = kernelspecFolder(prefix);
  const extension = labExtensionFolder(jupyterFolder(prefix));
  if (action === "remove") {
    removeLabExtension(extension);
    printLine(removeKernelspec(folder) ? `Removed ${folder}` : `Nothing to remove: there is no ${folder}`);
    return;
  }
  installKernelspec(folder);
  printLine(`Installed "${KERNEL_DISPLAY_NAME}" in ${folder}`);
  try {
    installLabExtension(extension);
    printLine(`Installed what draws its plots in JupyterLab and Notebook 7 in ${extension}`);
  } catch (error) {
    // Plots are pictures then, as in every other front end.
    printLine(`Plots stay pictures: ${extension} can't be written (${(error as Error).message}).`);
  }
  try {
    await buildSnapshot();
    printLine("Prepared a snapshot of the compiler: the kernel starts in a fraction of a second.");
  } catch (error) {
    // The kernel works without; it takes a second longer to start.
    printLine(`No snapshot of the compiler (${(error as Error).message}): the kernel starts a second later.`);
  }
}
