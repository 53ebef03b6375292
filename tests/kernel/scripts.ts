import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Writes scripts that stand in for the kernel's other processes, into a folder that goes with the tests. */
export function scriptFolder(): { readonly folder: string; script(name: string, code: string): string } {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-front-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    script: (name, code) => {
      const file = join(folder, `${name}.js`);
      writeFileSync(file, code);
      return file;
    },
  };
}
