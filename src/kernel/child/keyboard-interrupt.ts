/** What an interrupted `await` rejects with; the name is the one that front ends know. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";

  constructor(message = "the cell was interrupted") {
    super(message);
  }
}
