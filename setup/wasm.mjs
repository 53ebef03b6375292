// `npm run wasm`: compiles the fused operations to WebAssembly, data/operations. Needed where src/tensor/operations changed;
// nothing else needs a compiler for them.
import { main } from "./main.mjs";
import { takeStep } from "./terminal/progress.mjs";
import { compileModule, modules } from "./wasm/operations.mjs";
import { prepareZig, zigVersion } from "./wasm/zig.mjs";

await main(async () => {
  let zig;
  const prepare = async () => {
    zig = await prepareZig();
    return { text: `zig ${zigVersion}` };
  };
  if (!(await takeStep("Compiler", prepare))) return 1;
  for (const name of Object.keys(modules)) {
    const compile = async () => ({ text: `${await compileModule(zig, name)} bytes` });
    if (!(await takeStep(name, compile))) return 1;
  }
  return 0;
});
