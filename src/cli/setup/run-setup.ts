import { loadSetUp } from "./set-up-folder";

/** Sets the native engine up; the exit code says whether it is there. */
export async function runSetup(): Promise<void> {
  const { setUpEngine } = await loadSetUp("engine.mjs");
  process.exit((await setUpEngine()) ? 0 : 1);
}
