// `npm run bench -- …`: measures, and prints a table.

import { main } from "../setup/main.mjs";
import { benchInteract } from "./interact.mjs";
import { benchKernel } from "./kernel.mjs";
import { benchDashboard } from "./models/bench-dashboard.mjs";
import { benchData } from "./models/bench-data.mjs";
import { benchExplain } from "./models/bench-explain.mjs";
import { benchExplainMemory } from "./models/bench-explain-memory.mjs";
import { benchExplorer } from "./models/bench-explorer.mjs";
import { benchMemory } from "./models/bench-memory.mjs";
import { benchModels } from "./models/bench-models.mjs";
import { benchProducts } from "./models/bench-products.mjs";
import { benchScaling } from "./models/bench-scaling.mjs";
import { benchStart } from "./start.mjs";
import { benchSweep } from "./sweep.mjs";

const benches = {
  kernel: benchKernel,
  interact: benchInteract,
  scaling: benchScaling,
  start: benchStart,
  sweep: benchSweep,
  products: benchProducts,
  memory: benchMemory,
  dashboard: benchDashboard,
  data: benchData,
  explain: benchExplain,
  "explain-memory": benchExplainMemory,
  explorer: benchExplorer,
};

await main(async () => {
  const [name, ...args] = process.argv.slice(2);
  const own = Object.hasOwn(benches, name ?? "");
  await (own ? benches[name](args) : benchModels(process.argv.slice(2)));
  return 0;
});
