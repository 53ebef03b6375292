import { sentence } from "../base/sentence";

/** Something about how the kernel is started, installed or asked that the caller can mend; its message is one sentence that says how. */
export class KernelError extends Error {
  override name = "KernelError";

  /** @param message may quote what others wrote: it becomes one line that does nothing to a terminal. */
  constructor(message: string) {
    super(sentence(message));
  }
}
