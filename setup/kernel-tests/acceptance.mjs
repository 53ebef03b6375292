import { join } from "node:path";
import { root } from "../paths.mjs";
import { runChecks } from "./run-checks.mjs";

export const folder = join(root, "tests", "kernel", "acceptance");
const fewer = { ACCEPTANCE_INTERRUPTS: "40", ACCEPTANCE_SECONDS: "2" };

/** Runs the checks of the kernel itself, and resolves to whether all passed. */
export async function acceptance(python, kernel, { filter, quick = false, env = {} } = {}) {
  const { ok } = await runChecks(python, folder, kernel, { filter, env: { ...env, ...(quick ? fewer : {}) } });
  return ok;
}
