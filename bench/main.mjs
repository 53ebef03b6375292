// `npm run bench -- …`: measures, and prints a table.

import { main } from "../setup/main.mjs";
import { benchKernel } from "./kernel.mjs";
import { benchModels } from "./models/bench-models.mjs";
import { benchScaling } from "./models/bench-scaling.mjs";

const benches = { kernel: benchKernel, scaling: benchScaling };

await main(async () => {
  const [name, ...args] = process.argv.slice(2);
  const own = Object.hasOwn(benches, name ?? "");
  await (own ? benches[name](args) : benchModels(process.argv.slice(2)));
  return 0;
});
