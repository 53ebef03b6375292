import { VitlabError } from "../base/error";
import { sortFields } from "../base/node/json-digest";
import { readJsonText } from "../base/node/json-file";

/** A JSON object of fields that are yet to be checked. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON file that holds one object; undefined where there is no such file.
 *
 * @throws VitlabError when it can't be read, is no regular file, larger than 64 MB, or isn't a JSON object.
 */
export async function readJson(path: string): Promise<Fields | undefined> {
  let text: string;
  try {
    text = await readJsonText(path);
  } catch (error) {
    if (error instanceof VitlabError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new VitlabError(`${path} can't be read: ${message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new VitlabError(`${path} is not JSON: it was cut off or changed; get it again`);
  }
  if (!isObject(json)) throw new VitlabError(`${path} does not hold a JSON object; get it again`);
  return json;
}

/** JSON as transformers writes it: fields in the order of the alphabet, two spaces deep. */
export function showJson(fields: Fields): string {
  return `${JSON.stringify(sortFields(fields), null, 2)}\n`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
