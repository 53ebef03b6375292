import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeStep } from "../terminal/progress.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { onInterrupt } from "../terminal/signals.mjs";
import { engine, modules, predicts, size, types } from "./checks.mjs";
import { installWithNpm, packPackage, removeProject } from "./project.mjs";

/** The newest TypeScript that takes the types of TensorFlow.js' core whole. */
const typescript = "typescript@5.9.3";

/** Whether all holds in a project that npm makes from the network, where `node` runs. */
export async function inStrangersProject(node, env) {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-stranger-"));
  const forget = onInterrupt(() => removeProject(folder));
  const project = { folder, node, env };
  const steps = {
    install: async () => installWithNpm(folder, await packPackage(folder), env),
    size,
    modules,
    predicts,
    types: async () => {
      const added = await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", typescript], {
        cwd: folder,
        env,
      });
      if (!added.ok) throw new Error(lastWords(added.output));
      return types({ ...project, typescript: join(folder, "node_modules", "typescript") });
    },
    engine,
    "predicts again": predicts,
  };
  try {
    for (const [title, step] of Object.entries(steps))
      if (!(await takeStep(title, async () => ({ text: (await step(project)) ?? "done" })))) return false;
    return true;
  } finally {
    forget();
    removeProject(folder);
  }
}
