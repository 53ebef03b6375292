import "../../base/node/keep-compiled";
import { KernelError } from "../kernel-error";
import { run } from "./run";

/** `node dist/kernel/front/main.js CONNECTION_FILE`: what the kernelspec starts. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  fail(new KernelError("The kernel needs a connection file: Jupyter starts it with one. Try `jupyter lab`."));
} else {
  run(file).catch(fail);
}

function fail(error: Error): void {
  process.stderr.write(`${error instanceof KernelError ? error.message : error.stack}\n`);
  process.exit(1);
}
