// `npm run site [-- --out DIR]`: set-up, then the notebooks as pages that are read offline, without a kernel.

import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { siteArguments } from "./site/arguments.mjs";
import { takeStep } from "./terminal/progress.mjs";

await main(async () => {
  const { out } = siteArguments(process.argv.slice(2), root);
  await setUp();
  // Now: what it imports is among the packages that set-up installs.
  const { writeSite } = await import("./site/write-site.mjs");
  return (await takeStep("Site", (report) => writeSite(out, { report }))) ? 0 : 1;
});
