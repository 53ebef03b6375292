import { readFile, stat } from "node:fs/promises";
import { VitlabError } from "./error";

/** Larger than any config or list of class names, small enough to be read at once. */
const MOST_BYTES = 2 ** 26;

/**
 * The text of a JSON file.
 *
 * @throws VitlabError when it is larger than a JSON file here can be; what the system says where it can't be read.
 */
export async function readJsonText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MOST_BYTES)
    throw new VitlabError(
      `${path} has ${size.toLocaleString("en-US")} bytes: JSON is read up to ${MOST_BYTES.toLocaleString("en-US")}; get the right file`,
    );
  return readFile(path, "utf8");
}
