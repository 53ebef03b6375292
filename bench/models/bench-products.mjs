import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";
import { SetupError } from "../../setup/setup-error.mjs";
import { build } from "../../setup/steps/build.mjs";
import { showStep } from "../../setup/terminal/progress.mjs";
import { findTorch } from "../torch/environment.mjs";
import { describeBusy, howBusy } from "./busy.mjs";
import { startCompetitor } from "./competitor.mjs";
import { threadVariables } from "./competitors.mjs";

/** Dimensions of the models whose products these are: tokens, dim and hidden layer. */
const models = {
  article: [65, 32, 2048],
  small: [65, 128, 256],
  wide: [65, 192, 768],
  vitBase16: [197, 768, 3072],
};
const batches = [1, 4, 64];
const kinds = ["forward", "weight", "input"];
const rounds = 3;
/** So long each turn is, about, in seconds. */
const turn = 0.15;

/** Measures the products of linear layers beside PyTorch's (MKL), taking turns; prints GFLOP/s, the best of all turns. */
export async function benchProducts(args) {
  if (args.length > 0) throw new SetupError("npm run bench -- products takes no arguments");
  const report = showStep("Build");
  report.end("✓", (await build(report)).text);
  const torch = await findTorch();
  if (!torch)
    console.log("no Python with PyTorch, so measured without: npm run bench -- --with-torch makes .venv-bench");
  const threads = availableParallelism();
  const env = threadVariables(threads);
  const peers = [
    {
      command: process.execPath,
      args: [join(root, "bench", "vitlab", "products.mjs"), join(root, "dist")],
      env,
      cwd: root,
    },
    ...(torch ? [{ command: torch.python, args: [join(root, "bench", "torch", "products.py")], env, cwd: root }] : []),
  ].map(startCompetitor);
  console.log(describeBusy(await howBusy()));
  console.log(
    `${cpus()[0]?.model ?? "unknown processor"}, ${threads} threads; GFLOP/s of vitlab, of PyTorch, and the quotient\n`,
  );
  console.log(`| model | batch | inputs | outputs |${kinds.map((kind) => ` ${kind} |  | x |`).join("")}`);
  console.log(`|---|--:|--:|--:|${kinds.map(() => "--:|--:|--:|").join("")}`);
  const quotients = [];
  try {
    for (const [name, [tokens, dim, hidden]] of Object.entries(models))
      for (const batch of batches)
        for (const [inputs, outputs] of [
          [dim, 3 * dim],
          [dim, dim],
          [dim, hidden],
          [hidden, dim],
        ]) {
          const shape = { rows: tokens * batch, inputs, outputs };
          const rates = await measureShape(peers, shape);
          const cells = kinds.map((kind) => {
            const [own, other] = rates.map((each) => each[kind]);
            if (other !== undefined) quotients.push(own / other);
            return ` ${Math.round(own)} | ${other === undefined ? "" : Math.round(other)} | ${other === undefined ? "" : (own / other).toFixed(2)} |`;
          });
          console.log(`| ${name} | ${batch} | ${inputs} | ${outputs} |${cells.join("")}`);
        }
  } finally {
    await Promise.all(peers.map((peer) => peer.end()));
  }
  if (quotients.length === 0) return;
  quotients.sort((a, b) => a - b);
  console.log(
    `\nleast ${quotients[0].toFixed(2)}, median ${quotients[quotients.length >> 1].toFixed(2)} of ${quotients.length}`,
  );
}

/** GFLOP/s of each peer by the kind of product. */
async function measureShape(peers, shape) {
  const operations = 2 * shape.rows * shape.inputs * shape.outputs;
  for (const { ask } of peers) await ask({ do: "open", ...shape });
  const best = peers.map(() => ({}));
  for (const product of kinds) {
    const counts = [];
    for (const { ask } of peers) {
      const { seconds } = await ask({ do: "time", product, count: 3 });
      counts.push(Math.max(1, Math.min(2000, Math.round(turn / Math.min(...seconds)))));
    }
    for (let round = 0; round < rounds; round++)
      for (const [i, { ask }] of peers.entries()) {
        const { seconds } = await ask({ do: "time", product, count: counts[i] });
        best[i][product] = Math.max(best[i][product] ?? 0, operations / Math.min(...seconds) / 1e9);
      }
  }
  return best;
}
