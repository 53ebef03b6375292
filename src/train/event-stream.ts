import { describeHistory, historyDisplay } from "./describe-training";
import type { EpochEvent, LearningRateEvent, TrainingEvent } from "./events";

/** Steps kept for a listener that doesn't keep up; the oldest go first. */
const STEP_LIMIT = 10_000;

interface Listener {
  queue: TrainingEvent[];
  steps: number;
  wake: (() => void) | null;
}

/**
 * Hands events to any number of listeners, none of whom can hold up the run.
 *
 * A listener gets all epochs and changes of the learning rate, those from before it came as well, and the steps from when it
 * came. One that is slow or stops listening loses old steps and nothing else, and memory stays bounded.
 */
export class EventStream {
  /** The epochs so far. */
  readonly epochs: EpochEvent[] = historyDisplay.mark([], describeHistory);
  /** The changes of the learning rate so far. */
  readonly rateChanges: LearningRateEvent[] = [];
  private readonly kept: TrainingEvent[] = [];
  private readonly listeners = new Set<Listener>();
  private ended = false;
  private failure: { error: unknown } | null = null;

  push(event: TrainingEvent): void {
    if (event.type !== "step") this.kept.push(event);
    if (event.type === "epoch") this.epochs.push(event);
    if (event.type === "learningRate") this.rateChanges.push(event);
    for (const listener of this.listeners) {
      listener.queue.push(event);
      if (event.type === "step" && ++listener.steps > STEP_LIMIT) dropOldSteps(listener);
      listener.wake?.();
    }
  }

  /** No more events come; with an error, listeners throw it after the last event. */
  end(failure: { error: unknown } | null = null): void {
    this.ended = true;
    this.failure = failure;
    for (const listener of this.listeners) listener.wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<TrainingEvent, void, undefined> {
    const listener: Listener = { queue: [...this.kept], steps: 0, wake: null };
    this.listeners.add(listener);
    const take = async (): Promise<IteratorResult<TrainingEvent, void>> => {
      for (;;) {
        const event = listener.queue.shift();
        if (event) {
          if (event.type === "step") listener.steps--;
          return { value: event, done: false };
        }
        if (this.ended || !this.listeners.has(listener)) {
          this.listeners.delete(listener);
          if (this.ended && this.failure) throw this.failure.error;
          return { value: undefined, done: true };
        }
        await new Promise<void>((resolve) => {
          listener.wake = resolve;
        });
        listener.wake = null;
      }
    };
    // Whoever calls again before the answer gets the event after it.
    let last: Promise<unknown> = Promise.resolve();
    const next = () => {
      const taken = last.then(take, take);
      last = taken;
      return taken;
    };
    const leave = async (): Promise<IteratorResult<TrainingEvent, void>> => {
      this.listeners.delete(listener);
      listener.queue = [];
      listener.wake?.();
      return { value: undefined, done: true };
    };
    return { next, return: leave };
  }
}

/** Drops half of the steps at once, so that a full queue costs little a step. */
function dropOldSteps(listener: Listener): void {
  let excess = Math.ceil(STEP_LIMIT / 2);
  listener.queue = listener.queue.filter((event) => event.type !== "step" || excess-- <= 0);
  listener.steps = listener.queue.filter((event) => event.type === "step").length;
}
