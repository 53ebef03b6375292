import { Command } from "commander";
import { withKernelErrors } from "./kernel-failures";

/** `vitlab kernel`: the kernel itself; Jupyter starts it. */
export function kernelCommand(): Command {
  return new Command("kernel")
    .description("run the Jupyter kernel; Jupyter starts it (see `vitlab kernelspec install`)")
    .argument("<connection-file>", "what Jupyter writes for a kernel")
    .action((file: string) =>
      withKernelErrors(() => (require("../../kernel/front/run") as typeof import("../../kernel/front/run")).run(file)),
    );
}
