/** A failure told to the user in one sentence: what failed, and what to do about it. */
export class SetupError extends Error {
  name = "SetupError";
}
