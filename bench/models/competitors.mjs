import { join, resolve } from "node:path";
import { root } from "../../setup/paths.mjs";

/**
 * Who takes part, in the order of their turns: `{ id, engine, against, start }`, where `against` is the id of the competitor
 * that it is compared with, and `start` is what `startCompetitor` takes.
 *
 * @param python an interpreter with PyTorch, or undefined
 * @param against the `dist` folder of another build of vitlab, or undefined
 */
export function competitorsFor({ engines, peers, threads, python, against }) {
  const env = threadVariables(threads);
  const node = (path, args) => ({
    command: process.execPath,
    args: [join(root, "bench", path), ...args],
    env,
    cwd: root,
  });
  const vitlab = (engine, dist) => node("vitlab/peer.mjs", [dist, engine]);
  const found = engines.flatMap((engine) => {
    const reference = `vitlab ${engine}`;
    return [
      { id: reference, engine, against: reference, start: vitlab(engine, join(root, "dist")) },
      ...(against
        ? [{ id: `other vitlab ${engine}`, engine, against: reference, start: vitlab(engine, resolve(against)) }]
        : []),
      ...(peers.includes("stock")
        ? [{ id: `stock ${engine}`, engine, against: reference, start: node("stock/peer.mjs", [engine]) }]
        : []),
    ];
  });
  const torch = peers.filter((peer) => python && peer.startsWith("torch-"));
  return [
    ...found,
    ...torch.map((peer) => {
      const way = peer.slice("torch-".length);
      const start = { command: python, args: [join(root, "bench", "torch", "peer.py"), way], env, cwd: root };
      return { id: `torch ${way}`, engine: "torch", against: `vitlab ${engines[0]}`, start };
    }),
  ];
}

/** The variables by which TensorFlow, OpenMP and MKL learn how many threads to use. */
function threadVariables(threads) {
  const names = ["TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"];
  return {
    ...Object.fromEntries(names.map((name) => [name, String(threads)])),
    // One, in the process itself: a pool of compilers would stay about and wait.
    TORCHINDUCTOR_COMPILE_THREADS: "1",
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? "3",
  };
}
