/** A mistake the caller can mend; its message is one sentence that says what was wrong and what to do. */
export class VitlabError extends Error {
  override name = "VitlabError";
}
