import { plainText } from "./plain-text";

/** A mistake the caller can mend; its message is one sentence that says what was wrong and what to do. */
export class VitlabError extends Error {
  override name = "VitlabError";

  /** @param message may quote what others wrote: it becomes one line that does nothing to a terminal. */
  constructor(message: string, options?: ErrorOptions) {
    super(plainText(message), options);
  }
}
