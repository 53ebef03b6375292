import type { ParentId } from "../jupyter";
import { currentContext } from "./context";
import { KeyboardInterrupt } from "./keyboard-interrupt";
import { send } from "./output-pipe";

interface Question {
  readonly id: number;
  readonly parent: ParentId;
  readonly prompt: string;
  readonly password: boolean;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

/** The questions of each request, in order; the first one of each is open: an input_reply doesn't say which one it answers. */
const questions = new Map<ParentId, Question[]>();
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
    const question = { id: ++count, parent, prompt, password, resolve, reject };
    const line = questions.get(parent) ?? [];
    questions.set(parent, line);
    if (line.push(question) === 1) ask(question);
  });
}

export function answerInput(id: number, value: string): void {
  for (const [parent, line] of questions) {
    if (line[0]?.id !== id) continue;
    line.shift()!.resolve(value);
    if (line[0]) ask(line[0]);
    else questions.delete(parent);
    return;
  }
}

/** Ends every question: an interrupt came. */
export function endQuestions(): void {
  const all = [...questions.values()].flat();
  questions.clear();
  for (const { reject } of all) reject(new KeyboardInterrupt());
}

function ask({ id, parent, prompt, password }: Question): void {
  send({ type: "input_request", id, parent, prompt, password });
}
