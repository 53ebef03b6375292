const USAGE = "%history [-n] [-l COUNT] [RANGE…], a RANGE being 3 or 2-5";

/** What `%history` prints of the cells run so far; `inputs[i]` is cell i. Throws with the usage when it isn't asked so. */
export function historyText(inputs: readonly string[], argument = ""): string {
  const words = argument.split(/\s+/).filter(Boolean);
  let numbered = false;
  let last: number | undefined;
  const ranges: (readonly [number, number])[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const range = /^(\d+)(?:-(\d+))?$/.exec(word);
    if (word === "-n") numbered = true;
    else if (word === "-l" && /^\d+$/.test(words[i + 1] ?? "")) last = Number(words[++i]);
    else if (range) ranges.push([Number(range[1]), Number(range[2] ?? range[1])]);
    else throw new Error(`%history doesn't know "${word}": ${USAGE}.`);
  }
  const isAsked = (count: number) => ranges.length === 0 || ranges.some(([from, to]) => from <= count && count <= to);
  const cells = inputs.map((source, count) => ({ source, count })).filter(({ source, count }) => count > 0 && source);
  const asked = cells.filter(({ count }) => isAsked(count)).slice(last === undefined ? 0 : -last || cells.length);
  return asked.map(({ source, count }) => `${numbered ? `${String(count).padStart(4)}: ` : ""}${source}\n`).join("");
}
