// vitlab's products of matrices, by themselves: node products.mjs DIST

import { createRequire } from "node:module";
import { join } from "node:path";
import { answerOrders } from "../models/answer.mjs";

const [dist] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { tf, useEngine } = require(dist);
const { compiled } = require(join(dist, "tensor", "compiled.js"));
const { threads } = await useEngine("native", { quiet: true });
const run = compiled();
if (!run) throw new Error("the compiled operations aren't there: see npx vitlab doctor");

let given;

await answerOrders({
  open({ rows, inputs, outputs }) {
    if (given) tf.dispose([given.x, given.weight, given.dy, given.none]);
    const random = (shape) => tf.randomNormal(shape);
    given = {
      x: random([rows, inputs]),
      weight: random([inputs, outputs]),
      dy: random([rows, outputs]),
      none: tf.zeros([0]),
    };
    return { threads };
  },

  /** Seconds of each of so many products in a row. */
  time({ product, count }) {
    const { x, weight, dy, none } = given;
    const once = {
      forward: () => run("Linear", [x, weight, none, none], 2),
      weight: () => run("WeightGradient", [x, dy], 2),
      input: () => run("InputGradient", [weight, dy], 1),
    }[product];
    const seconds = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      // Operations of the native engine have ended when the call returns.
      const results = once();
      seconds.push((performance.now() - start) / 1000);
      tf.dispose(results);
    }
    return { seconds };
  },
});
