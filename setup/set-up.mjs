import { alone, runNeededStep, runStep } from "./run-step.mjs";
import { build } from "./steps/build.mjs";
import { checkData } from "./steps/data.mjs";
import { writeKernelspecs } from "./steps/kernelspec.mjs";
import { linkPackage } from "./steps/links.mjs";
import { prepareNativeEngine } from "./steps/native-engine.mjs";
import { checkNodeVersion } from "./steps/node-version.mjs";
import { prepareOperations } from "./steps/operations.mjs";
import { installPackages } from "./steps/packages.mjs";
import { preparePython } from "./steps/python.mjs";

/**
 * Everything between a fresh clone and a running notebook, each step only where it is needed. Returns `{ python }`, the
 * interpreter of `.venv`, undefined without JupyterLab; ends the program with exit code 1 where it cannot go on.
 */
export async function setUp() {
  return alone(runSteps);
}

async function runSteps() {
  await runNeededStep("Node", checkNodeVersion);
  await runNeededStep("Node packages", installPackages);
  const python = await runStep("Python", preparePython);
  const native = await runStep("Native engine", prepareNativeEngine, "; the slower wasm engine is used");
  if (native) await runStep("Operations", prepareOperations, "; TensorFlow's own, several times slower, are used");
  await runNeededStep("Build", build);
  await runNeededStep("Links", linkPackage);
  await runStep("Kernel", () => writeKernelspecs({ hasJupyter: python !== undefined }));
  await runStep("Data", checkData);
  return { python };
}
