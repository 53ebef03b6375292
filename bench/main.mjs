// `npm run bench -- NAME`: measures, and prints a table.

import { main } from "../setup/main.mjs";
import { SetupError } from "../setup/setup-error.mjs";
import { benchKernel } from "./kernel.mjs";

const benches = { kernel: benchKernel };

await main(async () => {
  const [name, ...args] = process.argv.slice(2);
  const bench = Object.hasOwn(benches, name ?? "") ? benches[name] : undefined;
  if (!bench) throw new SetupError(`name what to measure: npm run bench -- ${Object.keys(benches).join(" | ")}`);
  await bench(args);
  return 0;
});
