import { join, resolve } from "node:path";
import { root } from "../../setup/paths.mjs";

/**
 * Who takes part, in the order of their turns: `{ id, engine, against, rounded, start }`, where `against` is the id of the
 * competitor that it is compared with, `rounded` says that one of both multiplies in bfloat16, and `start` is what
 * `startCompetitor` takes.
 *
 * @param python an interpreter with PyTorch, or undefined
 * @param against the `dist` folder of another build of vitlab, or undefined
 */
export function competitorsFor({ engines, peers, precisions = ["float32"], threads, python, against }) {
  const env = threadVariables(threads);
  const node = (path, args) => ({
    command: process.execPath,
    args: [join(root, "bench", path), ...args],
    env,
    cwd: root,
  });
  const vitlab = (engine, dist, precision = "float32") => node("vitlab/peer.mjs", [dist, engine, precision]);
  const own = (engine) => `vitlab ${engine}${precisions.includes("float32") ? "" : " bfloat16"}`;
  const found = engines.flatMap((engine) => {
    const reference = own(engine);
    return [
      ...precisions.map((precision) => ({
        id: precision === "float32" ? `vitlab ${engine}` : `vitlab ${engine} ${precision}`,
        engine,
        against: reference,
        rounded: precision !== "float32",
        start: vitlab(engine, join(root, "dist"), precision),
      })),
      ...(against
        ? [
            {
              ...{ id: `other vitlab ${engine}`, engine, against: reference, rounded: reference.endsWith("bfloat16") },
              start: vitlab(engine, resolve(against)),
            },
          ]
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
      const rounded = way === "autocast";
      const compared = rounded ? `vitlab ${engines[0]} bfloat16` : own(engines[0]);
      return { id: `torch ${way}`, engine: "torch", against: compared, rounded, start };
    }),
  ];
}

/** The variables by which TensorFlow, OpenMP and MKL learn how many threads to use. */
export function threadVariables(threads) {
  const names = ["TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"];
  return {
    ...Object.fromEntries(names.map((name) => [name, String(threads)])),
    // One, in the process itself: a pool of compilers would stay about and wait.
    TORCHINDUCTOR_COMPILE_THREADS: "1",
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? "3",
  };
}
