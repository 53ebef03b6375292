// The training dashboard in JupyterLab, during a real run: steered by mouse and by keyboard, light and dark, opened again.

import { join } from "node:path";
import { checkAccessible } from "./axe.mjs";
import { expect, until } from "./lab.mjs";
import { check } from "./see.mjs";

const IMPORT = `import { adam, fit, shapes, splitDataset, trainingDashboard, useEngine, ViT, warmupCosine } from "vitlab";
await useEngine();
const { train, validation } = splitDataset(shapes({ count: 700, seed: 1 }), { validation: 100 });
const config = {
  imageSize: [train.height, train.width] as [number, number], patchSize: 8, channels: train.channels,
  dim: 32, depth: 3, heads: 4, mlpDim: 64, classes: train.classNames.length,
};
const model = () => new ViT(config, { seed: 1 });`;

const EARLIER =
  "(await fit(model(), { train, validation, epochs: 3, batchSize: 50, optimizer: adam({ learningRate: 2e-3 }) })).reason";

const RUN = `const run = fit(model(), {
  train, validation, epochs: 400, batchSize: 50, schedule: warmupCosine({ warmupSteps: 20 }), clipNorm: 1,
});
trainingDashboard(run)`;

const TOLD = "[run.paused, run.baseLearningRate, run.rateChanges.length].join(' ')";

/** What the dashboard does in JupyterLab. */
export const dashboardChecks = {
  async "a training dashboard shows a run, steers it by mouse and keyboard, and is saved"({ open, lab, pictures }) {
    const book = await open("dashboard", [IMPORT, EARLIER, RUN, TOLD]);
    const picture = (panel, name) => panel.screenshot({ path: join(pictures, `dashboard-${name}.png`) });
    const told = async () => {
      await book.run(4);
      await book.idle();
      return book.outputs(4);
    };
    // The whole panel is to be seen at once.
    await book.page.setViewportSize({ width: 1250, height: 2300 });
    await book.runAll();
    const panel = book.cell(3).locator(".vitlab-dashboard");
    await panel.waitFor();
    const progress = panel.getByRole("progressbar");
    const steps = async () => Number(await progress.getAttribute("aria-valuenow"));
    const button = (name) => panel.getByRole("button", { name, exact: true });
    await until("steps are taken", async () => (await steps()) > 40);
    await until("there are all charts", async () => (await panel.locator(".vd-card > svg").count()) === 6);
    await until("there are predictions", async () => (await panel.locator(".vd-images img").count()) === 8);
    expect(await panel.innerText(), "What differs from earlier runs");
    expect(await panel.innerText(), "clipNorm");
    check((await panel.locator(".vd-legend li", { hasText: "run 1" }).count()) === 2, "the earlier run isn't overlaid");
    await picture(panel, "light");
    await checkAccessible(book.page, ".vitlab-dashboard");

    await button("Pause").click();
    await button("Go on").waitFor();
    const held = await steps();
    await book.page.waitForTimeout(2500);
    check((await steps()) <= held + 1, `a paused run went on from step ${held} to ${await steps()}`);
    expect(await told(), "true 0.001 0");
    await picture(panel, "paused");

    const rate = panel.getByRole("spinbutton");
    await rate.fill("0.004");
    await rate.press("Enter");
    await until("the kernel has the new rate", async () => (await told()).includes("true 0.004 1"));
    await rate.fill("-1");
    await button("Set").click();
    await until("a wrong rate is refused", async () => (await panel.innerText()).includes("must be above 0"));
    await button("Go on").focus();
    await book.page.keyboard.press("Enter");
    await button("Pause").waitFor();
    await until("it goes on", async () => (await steps()) > held + 20);

    await panel.locator(".vd-card > svg").first().focus();
    await book.page.keyboard.press("ArrowLeft");
    expect(await panel.locator(".vd-readout").first().innerText(), "training loss");
    await book.theme("JupyterLab Dark");
    await book.page.waitForTimeout(1500);
    await picture(panel, "dark");
    await checkAccessible(book.page, ".vitlab-dashboard");
    await book.theme("JupyterLab Light");

    await button("Stop").focus();
    await book.page.keyboard.press("Space");
    await until("it has ended", async () => (await panel.innerText()).includes("training ended (stopped)"));
    check(await button("Stop").isDisabled(), "an ended run can be stopped");
    await picture(panel, "ended");
    await book.save();
    await book.close();

    // Its kernel has run nothing: the dashboard is that of the file.
    const again = await lab.open("dashboard.ipynb");
    await again.page.setViewportSize({ width: 1250, height: 2300 });
    const last = again.cell(3).locator(".vitlab-dashboard");
    await again.cell(3).scrollIntoViewIfNeeded();
    await last.waitFor();
    expect(await last.innerText(), "training ended (stopped)");
    check((await last.locator(".vd-card > svg").count()) === 6, "opened again the charts are lost");
    await picture(last, "opened-again");
    await again.close();
    const alone = await lab.open("dashboard.ipynb", { kernel: false });
    await alone.cell(3).scrollIntoViewIfNeeded();
    await alone.cell(3).locator(".vitlab-still img").waitFor();
    await alone.picture("dashboard-without-kernel");
    await alone.close();
  },
};
