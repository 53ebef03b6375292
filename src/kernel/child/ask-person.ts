import { currentContext } from "./context";
import { KeyboardInterrupt } from "./keyboard-interrupt";
import { send } from "./output-pipe";

const asked = new Map<number, { resolve: (value: string) => void; reject: (error: Error) => void }>();
let count = 0;

/** Asks the person in front of the notebook for a line of text. Throws where nobody can be asked. */
export function askPerson(prompt: string, password: boolean): Promise<string> {
  const { parent, allowStdin } = currentContext();
  if (!allowStdin) {
    const error = new Error(
      "This front end has no way to ask: input() works in a notebook or console, not here (StdinNotImplementedError)",
    );
    error.name = "StdinNotImplementedError";
    throw error;
  }
  return new Promise((resolve, reject) => {
    const id = ++count;
    asked.set(id, { resolve, reject });
    send({ type: "input_request", id, parent, prompt, password });
  });
}

export function answerInput(id: number, value: string): void {
  asked.get(id)?.resolve(value);
  asked.delete(id);
}

/** Ends every question: an interrupt came. */
export function endQuestions(): void {
  for (const { reject } of asked.values()) reject(new KeyboardInterrupt());
  asked.clear();
}
