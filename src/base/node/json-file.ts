import { MOST_JSON, readRegularFile } from "./read-regular-file";

/**
 * The text of a JSON file.
 *
 * @throws VitlabError when it is no regular file or larger than a JSON file here can be; what the system says where it can't
 *   be read.
 */
export async function readJsonText(path: string): Promise<string> {
  return (await readRegularFile(path, MOST_JSON)).toString("utf8");
}
