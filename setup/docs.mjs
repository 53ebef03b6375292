// `npm run docs`: set-up, then every example in a docstring, then the reference of all public names.

import { main } from "./main.mjs";
import { setUp } from "./set-up.mjs";
import { SetupError } from "./setup-error.mjs";
import { takeStep } from "./terminal/progress.mjs";

await main(async () => {
  await setUp();
  // Now: what they import is among the packages that set-up installs.
  const { allExamples, exampleProblems } = await import("./docs/examples.mjs");
  const { writeReference } = await import("./docs/write-reference.mjs");
  const held = await takeStep("Examples", async (report) => {
    const examples = allExamples();
    report.working(`running ${examples.length}`);
    const problems = (await exampleProblems(examples)).filter((problem) => problem !== undefined);
    if (problems.length > 0) throw new SetupError([`${problems.length} are wrong`, ...problems].join("\n  "));
    return { text: `${examples.length} do what they say` };
  });
  return held && (await takeStep("Reference", writeReference)) ? 0 : 1;
});
