import { availableParallelism } from "node:os";
import { VitlabError } from "../../base/error";
import { workOnRedis } from "../../sweep/redis/work";
import { noteLine, printLine } from "../terminal/output";
import { listenForInterrupts } from "../training/interrupts";

/** The options of `vitlab sweep worker`. */
export interface WorkerArguments {
  redis?: string;
  workers?: number;
  runs?: string;
  patience?: number;
}

/** Trains trials of sweeps over Redis until Ctrl-C. */
export async function work({ redis, workers, runs, patience }: WorkerArguments): Promise<void> {
  if (redis === undefined) throw new VitlabError("--redis is missing: give the address, redis://HOST:PORT");
  const interrupts = listenForInterrupts(() =>
    noteLine("stopping after the steps under way, all saved; Ctrl-C once more ends at once"),
  );
  try {
    await workOnRedis({
      url: redis,
      workers: workers ?? availableParallelism(),
      runs,
      patienceSeconds: patience,
      signal: interrupts.signal,
      say: printLine,
    });
  } finally {
    interrupts.end();
  }
  // A Redis that is away may still be waited for.
  process.exit(interrupts.exitCode() ?? 0);
}
