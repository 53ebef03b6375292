import { Command } from "commander";
import { withKernelErrors } from "../kernel/kernel-failures";

const NOTES = `
Examples:
  vitlab kernelspec install --user           every JupyterLab, VS Code and nbclient of this user finds the kernel
  vitlab kernelspec install --prefix .venv   only the Jupyter of this virtual environment does`;

/** `vitlab kernelspec`: makes the kernel known to Jupyter. */
export function kernelspecCommand(): Command {
  const command = new Command("kernelspec").description('make the kernel "TypeScript (vitlab)" known to Jupyter');
  for (const [name, description] of [
    ["install", "write the kernelspec, with absolute paths, and prepare a fast start"],
    ["remove", "remove what install wrote"],
  ] as const) {
    command
      .command(name)
      .description(description)
      .option("--user", "for this user (default)")
      .option("--prefix <folder>", "below this folder, in share/jupyter/kernels/vitlab")
      .addHelpText("after", NOTES)
      .action((options: { user?: boolean; prefix?: string }) =>
        withKernelErrors(() =>
          (require("./run-kernelspec") as typeof import("./run-kernelspec")).runKernelspec(name, options),
        ),
      );
  }
  return command;
}
