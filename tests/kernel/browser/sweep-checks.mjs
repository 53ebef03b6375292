// A sweep in JupyterLab: its table while it runs, Stop, how it goes on, and what is saved.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, until } from "./lab.mjs";
import { check } from "./see.mjs";

const PLAN = `import { readSweep, sweep, type SweepPlan } from "vitlab";
const plan: SweepPlan = {
  data: "shapes",
  settings: {
    preset: "tiny", epochs: 6, batchSize: 40, trainCount: 400, validation: 200,
    learningRate: { logUniform: [1e-4, 1e-2] }, optimizer: { values: ["adam", "sgd"] },
    momentum: { values: [0.5, 0.9], when: { optimizer: "sgd" } },
  },
  search: "random", trials: 8, seed: 1,
};`;
const RUN = `const result = await sweep(plan, { dir: "runs/browser", resume: true, workers: 1 });
result.reason`;

const REPORT = `import { show, sweepReport } from "vitlab";
const report = sweepReport(readSweep("runs/browser"));
report`;
const FIGURE = "await show(report.figures.settings!)";

/** What a sweep shows in JupyterLab. */
export const sweepChecks = {
  async "a sweep shows a table that follows it, stops with Stop, goes on, and is saved"({ open, folder, pictures }) {
    rmSync(join(folder, "runs"), { recursive: true, force: true });
    const book = await open("sweep", [PLAN, RUN, 'readSweep("runs/browser")', REPORT, FIGURE]);
    const table = book.cell(2).locator(".jp-OutputArea table");
    const picture = (number, name) => book.cell(number).screenshot({ path: join(pictures, `sweep-${name}.png`) });
    await book.run(1);
    await book.idle();
    await book.run(2);
    await table.waitFor();
    check((await table.count()) === 1, "there is more than one table");
    await until("a trial is done", async () => (await book.outputs(2)).includes("1 of 8 trials done"));
    expect(await book.outputs(2), "1 running");
    await picture(2, "running");
    await book.menu("Kernel", /^Interrupt Kernel/);
    await book.idle();
    expect(await book.outputs(2), "KeyboardInterrupt");
    expect(await book.outputs(2), "paused");
    await book.run(2);
    await book.idle();
    expect(await book.outputs(2), "finished");
    expect(await book.outputs(2), "8 of 8 trials done; best: point");
    check((await table.count()) === 1 && (await table.locator("tbody tr").count()) === 8, "the table isn't whole");
    await picture(2, "done");
    await book.run(3);
    await book.idle();
    check((await book.cell(3).locator("table tbody tr").count()) === 8, "what readSweep gives shows no table");
    await book.run(4);
    await book.run(5);
    await book.idle();
    expect(await book.outputs(4), "best: point");
    expect(await book.outputs(4), "what matters");
    const figures = book.cell(4).locator(".jp-OutputArea img");
    await until("the report has its figures", async () => (await figures.count()) >= 3);
    await book.waitForFigure(5);
    await picture(4, "report");
    await picture(5, "settings");
    await book.theme("JupyterLab Dark");
    await book.page.waitForTimeout(1500);
    await picture(3, "dark");
    await picture(5, "settings-dark");
    await book.save();
    const [, ran] = JSON.parse(readFileSync(join(folder, "sweep.ipynb"), "utf8")).cells;
    const kinds = ran.outputs.map(({ output_type, data }) => `${output_type} ${Object.keys(data ?? {}).sort()}`);
    expect(kinds.join("; "), "display_data text/html,text/plain; execute_result");
    await book.reload();
    await table.waitFor();
  },
};
