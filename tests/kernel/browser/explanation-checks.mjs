// What explanations of a model look like at the end of a cell, on light and dark pages, live and opened again.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, DARK, LIGHT, see } from "./see.mjs";

const IMPORT = `import { ablate, attentionDistance, attentionMap, datasetToTensor, deletionCurve, directLogitAttribution, drawExplanation, embeddingFilters, imageAt, judge, landmarkPatches, loadModel, logitLens, needle, patchActivations, positionSimilarity, relevance, tf, tokenComponents, useEngine } from "vitlab";
await useEngine();
const { model } = await loadModel("vit-needle");
const dataset = needle({ split: "test", count: 3 });
const x = datasetToTensor(dataset, { normalize: model.config.normalize });
const images = [0, 1, 2].map((i) => imageAt(dataset, i));
const marks = [0, 1, 2].map((i) => landmarkPatches(dataset, i, 4).mark);
const [same, different] = [0, 1].map((i) => tf.slice(x, i, 1));`;

const [VIRIDIS_LOW, VIRIDIS_HIGH] = ["#440154", "#fde725"];
// Of the diverging scale.
const [NOTHING, MOST] = ["#ffffff", "#7f3b08"];
// As in src/figure/theme.ts, on the ground of the page.
const PICTURE_INK = "#6b7785";
const MARK = "#cc79a7";

/** Cells that end with an explanation, and colors that its figure must have: [color, fewest pixels]. */
const CELLS = {
  attention: ["attentionMap(model, x)", [VIRIDIS_LOW, 5000], [VIRIDIS_HIGH, 150], [PICTURE_INK, 100]],
  relevance: ["drawExplanation(relevance(model, x), { images, marks })", [MARK, 200], [PICTURE_INK, 100]],
  distance: ["attentionDistance(model, x)", ["first", 200], ["second", 200], ["mutedInk", 50]],
  lens: [`logitLens(model, x, { of: "probabilities" })`, [VIRIDIS_LOW, 1000], [VIRIDIS_HIGH, 1000], ["mutedInk", 50]],
  components: ["tokenComponents(model, x)", [PICTURE_INK, 100]],
  filters: ["embeddingFilters(model)", [PICTURE_INK, 100]],
  positions: ["positionSimilarity(model)", [VIRIDIS_HIGH, 500], [PICTURE_INK, 100]],
  attribution: ["directLogitAttribution(model, x)", ["first", 2000], ["second", 1000], ["ink", 300]],
  heads: [`ablate(model, x, { what: "heads", with: "mean" })`, ["first", 200], ["second", 200], ["mutedInk", 50]],
  patching: [
    `patchActivations(model, same, different, { at: "output" })`,
    [NOTHING, 5000],
    [MOST, 300],
    ["mutedInk", 100],
  ],
  deletion: ["deletionCurve(model, x, relevance(model, x))", ["first", 100], ["second", 200], ["mutedInk", 50]],
  judgement: [`await judge(["relevance"], model, x, { truth: marks, sanity: 3 })`, ["first", 500], ["ink", 300]],
};
const NAMES = Object.keys(CELLS);

/** The figure of a cell is there, readable on its page, and not blank. */
function checkLook(pixels, name, page, when) {
  const other = page === DARK ? LIGHT : DARK;
  const ground = pixels.share(page.ground, 4);
  check(ground > 0.1 && ground < 0.995, `${name}, ${when}: ${Math.round(100 * ground)} % of it is ground`);
  const colors = CELLS[name].slice(1);
  const drawn = colors.some(([color]) => color === other.ground);
  check(drawn || pixels.share(other.ground, 4) < 0.1, `${name}, ${when}: a ground of the other theme`);
  for (const [color, fewest] of colors) {
    const { count } = pixels.find(page[color] ?? color, 24);
    check(count >= fewest, `${name}, ${when}: ${count} pixels of ${color}, expected ${fewest}`);
  }
}

/** What explanations look like in JupyterLab. */
export const explanationChecks = {
  async "explanations are figures: live, dark, saved and opened again"({ open, lab, pictures }) {
    const sources = NAMES.map((name, i) => `${i === 0 ? `${IMPORT}\n` : ""}${CELLS[name][0]}`);
    const book = await open("explanations", sources);
    await book.runAll();
    await book.idle();
    const lookAt = async (opened, page, when) => {
      const seen = [];
      for (const [i, name] of NAMES.entries()) {
        seen.push(await see(opened, i + 1, (pixels) => checkLook(pixels, name, page, when)));
        writeFileSync(join(pictures, `explanation-${name}-${when}.png`), seen.at(-1).png);
      }
      return seen;
    };
    await lookAt(book, LIGHT, "light");
    const cells = await book.save();
    for (const [i, { outputs }] of cells.entries()) {
      const words = [outputs.at(-1).data["text/plain"]].flat().join("");
      check(words.length > 20 && Buffer.byteLength(words) < 1024, `${NAMES[i]} in words: ${words}`);
    }
    await book.theme("JupyterLab Dark");
    const dark = await lookAt(book, DARK, "dark");
    await book.close();
    lab.theme("JupyterLab Dark");
    try {
      const again = await lab.open("explanations.ipynb");
      const seen = await lookAt(again, DARK, "opened-again");
      for (const [i, name] of NAMES.entries()) check(seen[i].equals(dark[i]), `${name}, opened again, looks otherwise`);
      await again.close();
    } finally {
      lab.theme("JupyterLab Light");
    }
  },
};
