import { keeperOf } from "./capture";
import type { Context } from "./context";
import { send } from "./output-pipe";

/** Prints under the cell that `context` belongs to, or keeps the text where the cell's output is captured. */
export function writeText(context: Context, name: "stdout" | "stderr", text: string): void {
  const keeper = keeperOf(context.captured, name);
  if (keeper) keeper[name] += text;
  else send({ type: "stream", parent: context.parent, name, text });
}
