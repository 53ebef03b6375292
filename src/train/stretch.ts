/** Runs a part of some work that doesn't give way. */
export type Compute = <T>(part: () => T) => T;

/**
 * The parts of some work between which the event loop has its turn.
 *
 * Where a cell is interrupted and computes on for seconds, V8 breaks it off and runs no `finally`: what cleans up after the
 * work never comes, and its promises stay open. Who looks on while a part is begun sees that.
 */
export class Stretch {
  #begun = false;

  /** Whether a part was broken off. To be asked from outside: within a part it says so as well. */
  get isBroken(): boolean {
    return this.#begun;
  }

  readonly compute: Compute = (part) => {
    this.#begun = true;
    try {
      return part();
    } finally {
      this.#begun = false;
    }
  };
}
