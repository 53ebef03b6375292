import { packageVersion } from "../../base/node/package-version";
import type { Machine } from "../conductor";
import type { Job } from "../search";
import type { FromWorker, TrialWork, WorkEnd } from "../worker-protocol";

/** The queue of all sweeps: trials of another version of vitlab might come to other numbers, and have another. */
export const queueName = () => `vitlab-sweeps-${packageVersion().replaceAll(":", "-")}`;

/** What those who work have told of a sweep: a stream. */
export const toldKey = (sweep: string) => `vitlab:sweep:${sweep}:told`;

/** Is there while a sweep is stopped. */
export const stopKey = (sweep: string) => `vitlab:sweep:${sweep}:stop`;

/** Is there while somebody gives the jobs of a sweep, and a while longer. */
export const giverKey = (sweep: string) => `vitlab:sweep:${sweep}:giver`;

/** Who works: a sorted set of names by the time until which they are believed to. */
export const workersKey = () => `vitlab:sweep-workers:${packageVersion()}`;

/** What a worker is given. */
export interface RedisJob extends TrialWork {
  /** The sweep's id, which its folder says as well. */
  readonly sweep: string;
  /** The sweep's folder, as the one who gives the job sees it. */
  readonly dir: string;
  readonly threads: number;
}

/** What is told of a job. */
export type Told = Pick<Job, "untilEpoch"> &
  (
    | { readonly type: "begun"; readonly trial: number; readonly by: Machine }
    | Extract<FromWorker, { type: "measured" }>
    | WorkEnd
    | { readonly type: "lost"; readonly trial: number; readonly how: string }
  );

/** The same job has the same name, so that it is in the queue once. */
export function jobName(sweep: string, { trial, untilEpoch }: Job): string {
  return `${sweep}-${trial}-${untilEpoch}`;
}

/** The file of a sweep's folder by which those who see it know that it is the sweep's. */
export const ID_FILE = ".sweep-id";
