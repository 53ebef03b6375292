import { existsSync, realpathSync } from "node:fs";
import { extname } from "node:path";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { plainJson } from "../../base/plain-text";
import type { Figure } from "../../figure/figure";
import { saveFigure } from "../../figure/save-figure";

const ENDINGS = [".png", ".svg", ".json", ".csv"];

/** @throws VitlabError when `--out` is given and ends as nothing that can be written, or is the picture that is read. */
export function checkOut(out: string | undefined, picture?: string): void {
  if (out === undefined) return;
  if (!ENDINGS.includes(extname(out).toLowerCase()))
    throw new VitlabError(`--out ${out} must end with ${ENDINGS.slice(0, -1).join(", ")} or ${ENDINGS.at(-1)}`);
  if (picture !== undefined && existsSync(out) && existsSync(picture) && realpathSync(out) === realpathSync(picture))
    throw new VitlabError(`--out ${out} is the picture itself: choose another name`);
}

/** Writes what was found as the file's ending says: its figure, or its numbers. */
export async function writeOut(out: string, found: { toCSV(): string }, draw: () => Figure): Promise<void> {
  const ending = extname(out).toLowerCase();
  if (ending === ".json") await writeFileAtomic(out, `${plainJson(found)}\n`);
  else if (ending === ".csv") await writeFileAtomic(out, found.toCSV());
  else await saveFigure(draw(), out);
}
