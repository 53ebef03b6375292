import { buildSnapshot } from "../kernel/compiler/snapshot";
import { installKernelspec, KERNEL_DISPLAY_NAME, kernelspecFolder, removeKernelspec } from "../kernel/kernelspec";
import { VitlabError } from "../tensor/error";
import { printLine } from "./output";

/** Throws when both places are named or none is, or the folder can't be written. */
export async function runKernelspec(
  action: "install" | "remove",
  { user, prefix }: { user?: boolean; prefix?: string },
): Promise<void> {
  if (user && prefix !== undefined) throw new VitlabError("--user and --prefix name two places: give one of them.");
  if (prefix?.trim() === "") throw new VitlabError("--prefix is empty: give the folder of an environment, .venv say.");
  const folder = kernelspecFolder(prefix);
  if (action === "remove") {
    printLine(removeKernelspec(folder) ? `Removed ${folder}` : `Nothing to remove: there is no ${folder}`);
    return;
  }
  installKernelspec(folder);
  printLine(`Installed "${KERNEL_DISPLAY_NAME}" in ${folder}`);
  try {
    await buildSnapshot();
    printLine("Prepared a snapshot of the compiler: the kernel starts in a fraction of a second.");
  } catch (error) {
    // The kernel works without; it takes a second longer to start.
    printLine(`No snapshot of the compiler (${(error as Error).message}): the kernel starts a second later.`);
  }
}
