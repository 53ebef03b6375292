import { join } from "node:path";
import { root } from "../paths.mjs";
import { examplesOf } from "./find-examples.mjs";
import { runExamples } from "./run-examples.mjs";
import { outputProblem } from "./said-output.mjs";
import { typeProblems } from "./type-problems.mjs";

/** Every example in a docstring of `src/`. */
export function allExamples() {
  return examplesOf(join(root, "src"), root);
}

/** What is wrong with each example, as `file:line: …`, or undefined: its types, what it throws, what it prints. */
export async function exampleProblems(examples, options) {
  const types = typeProblems(examples);
  const results = await runExamples(examples, options);
  return examples.map((example, i) => {
    const { printed, error } = results[i];
    return types.get(example) ?? error ?? problemOf(() => outputProblem(example, printed));
  });
}

function problemOf(look) {
  try {
    return look();
  } catch (error) {
    return error.message;
  }
}
