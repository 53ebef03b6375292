import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../base/node/package-version";

/** What a step tells while it works. */
interface Report {
  working(text: string): void;
}

/** What the command uses of `setup/`, plain JavaScript that works before anything is built. */
interface SetUpModules {
  "engine.mjs": { setUpEngine(): Promise<boolean> };
  "beside.mjs": {
    missingBeside(names: readonly string[]): string[];
    bringBesideAlone(names: readonly string[], options: { report: Report }): Promise<readonly string[]>;
  };
}

/** Loads a module of the folder `setup/`. */
export async function loadSetUp<Name extends keyof SetUpModules>(name: Name): Promise<SetUpModules[Name]> {
  return import(pathToFileURL(join(packageRoot, "setup", name)).href);
}
