import { Command } from "commander";
import { VitlabError } from "../../base/error";
import { withKernelErrors } from "./kernel-failures";
import { KERNEL_PACKAGES } from "./packages";

/** `vitlab kernel`: the kernel itself; Jupyter starts it. */
export function kernelCommand(): Command {
  return new Command("kernel")
    .description("run the Jupyter kernel; Jupyter starts it (see `vitlab kernelspec install`)")
    .argument("<connection-file>", "what Jupyter writes for a kernel")
    .action((file: string) =>
      withKernelErrors(() => {
        checkPackages();
        const { startCompiler } =
          require("../../kernel/typescript/compiler-process") as typeof import("../../kernel/typescript/compiler-process");
        const { run } = require("../../kernel/typescript/run") as typeof import("../../kernel/typescript/run");
        return run(file, startCompiler());
      }),
    );
}

/** The library does without what the kernel stands on. */
function checkPackages(): void {
  try {
    for (const name of KERNEL_PACKAGES) require.resolve(`${name}/package.json`);
  } catch {
    throw new VitlabError(
      "the kernel's packages are missing beside vitlab: `npx vitlab kernelspec install` brings them",
    );
  }
}
