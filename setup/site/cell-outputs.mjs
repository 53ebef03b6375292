import { outputHtml, WIDGET } from "./output.mjs";
import { textOf } from "./read-notebook.mjs";

/** The outputs of a code cell as they stand in a page. */
export function cellOutputs(outputs, context) {
  const joined = joinedStreams(outputs);
  const shown = joined.map((output) => outputHtml(output, context));
  return joined
    .map((output, i) => {
      if (shown[i] || !output.data?.[WIDGET]) return shown[i];
      // What stands beside a control shows what it does; where nothing does, words say that it is there.
      return shown.some((html, other) => other !== i && html) ? "" : `<p class="note">${context.words.control}</p>`;
    })
    .join("");
}

/** Prints that a kernel sent in pieces are one. */
function joinedStreams(outputs) {
  const joined = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.name === output.name && last.output_type === "stream")
      joined[joined.length - 1] = { ...last, text: textOf(last.text) + textOf(output.text) };
    else joined.push(output);
  }
  return joined;
}
