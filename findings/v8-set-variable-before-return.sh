#!/usr/bin/env bash
# Expected: a variable that a debugger sets with Debugger.setVariableValue, where a function is stopped at `return product;`,
# is what the function returns, as it is what the debugger reads then.
# Seen: where the return follows right after the assignment of the variable, the debugger reads the new value and the function
# returns the old one, which it has still at hand; with any statement between both, the new one. No error either way.
# Version: Node.js 26.12.1 (V8 14.6), and as well 20.20.2 (V8 11.3).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
package="node-$(node -p 'process.platform')-$(node -p 'process.arch')"
npm install --silent --no-fund --no-audit --ignore-scripts "$package@26.12.1"
cat >program.mjs <<'PROGRAM'
import { Session } from "node:inspector/promises";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { fileURLToPath } from "node:url";

// A debugger in a worker stops the main thread at a line, sets the variable, and lets it go on.
if (isMainThread) {
  const vm = await import("node:vm");
  const run = (name, between) => {
    const source = `function area(w, h) {\n  let product = w * h;${between}\n  return product;\n}\narea;`;
    const area = new vm.Script(source, { filename: name }).runInThisContext();
    return new Promise((resolve) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { name } });
      worker.once("message", () => {
        const returned = area(3, 4);
        worker.once("message", (seen) => {
          resolve({ seen, returned });
          worker.terminate();
        });
        worker.postMessage("done");
      });
    });
  };
  const apart = await run("apart.js", " [].at(0);");
  const adjacent = await run("adjacent.js", "");
  console.log("set to 300 at the line of the return; the debugger then reads, and the function returns:");
  console.log("  with a statement between assignment and return:", apart);
  console.log("  with the return right after the assignment:    ", adjacent);
  console.log(`Node.js ${process.versions.node}, V8 ${process.versions.v8}`);
  const asSeen = apart.seen === 300 && apart.returned === 300 && adjacent.seen === 300 && adjacent.returned === 12;
  process.exit(asSeen ? 0 : 1);
} else {
  setInterval(() => {}, 1000);
  const session = new Session();
  session.connectToMainThread();
  let seen;
  session.on("Debugger.paused", async ({ params }) => {
    const { callFrameId } = params.callFrames[0];
    await session.post("Debugger.setVariableValue", { scopeNumber: 0, variableName: "product", newValue: { value: 300 }, callFrameId });
    const { result } = await session.post("Debugger.evaluateOnCallFrame", { callFrameId, expression: "product" });
    seen = result.value;
    await session.post("Debugger.resume");
  });
  await session.post("Debugger.enable");
  await session.post("Debugger.setBreakpointByUrl", { url: workerData.name, lineNumber: 2 });
  parentPort.on("message", async () => {
    await session.post("Debugger.disable");
    parentPort.postMessage(seen);
  });
  parentPort.postMessage("ready");
}
PROGRAM
"node_modules/$package/bin/node" program.mjs
