import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { VitlabError } from "../base/error";
import { jsonDigest } from "../base/node/json-digest";
import { SafetensorsFile } from "../base/node/safetensors-file";
import type { HeaderEntry } from "../base/safetensors-header";
import type { SafetensorsEntry } from "../base/safetensors-numbers";
import { type Fields, isObject, readJson } from "./read-json";

/** The name of the weights in a Hugging Face folder. */
export const WEIGHTS_FILE = "model.safetensors";

const INDEX_FILE = "model.safetensors.index.json";

/** The weights of a Hugging Face folder, in one file or several, open for reading. */
export class WeightsFolder {
  private constructor(
    private readonly files: readonly SafetensorsFile[],
    private readonly places: ReadonlyMap<string, SafetensorsFile>,
  ) {}

  /**
   * Opens `model.safetensors`, or the files that `model.safetensors.index.json` lists; close it after use.
   *
   * @throws VitlabError when there is neither, or a file is missing or damaged.
   */
  static async open(dir: string): Promise<WeightsFolder> {
    const files: SafetensorsFile[] = [];
    try {
      const places = new Map<string, SafetensorsFile>();
      const one = join(dir, WEIGHTS_FILE);
      const index = existsSync(one) ? undefined : await readIndex(dir);
      const opened = new Map<string, SafetensorsFile>();
      for (const name of index ? new Set(index.values()) : [WEIGHTS_FILE]) {
        const file = await SafetensorsFile.open(join(dir, name));
        files.push(file);
        opened.set(name, file);
      }
      if (!index)
        for (const name of (files[0] as SafetensorsFile).names()) places.set(name, files[0] as SafetensorsFile);
      for (const [tensor, name] of index ?? []) {
        const file = opened.get(name) as SafetensorsFile;
        if (!file.entry(tensor))
          throw new VitlabError(
            `${join(dir, name)} has no tensor ${tensor}, which ${INDEX_FILE} places there; get both again`,
          );
        places.set(tensor, file);
      }
      return new WeightsFolder(files, places);
    } catch (error) {
      for (const file of files) await file.close();
      throw error;
    }
  }

  names(): string[] {
    return [...this.places.keys()];
  }

  /** Type and shape of a tensor; undefined where there is none of that name. */
  entry(name: string): HeaderEntry | undefined {
    return this.places.get(name)?.entry(name);
  }

  /** Reads one tensor as float32. */
  async read(name: string): Promise<SafetensorsEntry> {
    const file = this.places.get(name);
    if (!file) throw new VitlabError(`the weights have no tensor ${name}`);
    return file.read(name);
  }

  /**
   * Holds the files against the SHA-256s that vitlab wrote into them, where it did.
   *
   * @throws VitlabError when one is damaged.
   */
  async verify(): Promise<void> {
    for (const file of this.files) await file.verify();
  }

  /** Whether a JSON file of the folder says something else than when the weights were written; false where that wasn't noted. */
  isChanged(jsonFile: string, fields: Fields | undefined): boolean {
    const noted = this.files[0]?.digestOf(jsonFile);
    return noted !== undefined && noted !== jsonDigest(fields ?? null);
  }

  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }
}

/** The file of each tensor. */
async function readIndex(dir: string): Promise<Map<string, string>> {
  const path = join(dir, INDEX_FILE);
  const index = await readJson(path);
  if (!index) {
    const other = ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"].find((name) =>
      existsSync(join(dir, name)),
    );
    throw new VitlabError(
      other
        ? `${dir} has its weights in ${other} only: write ${WEIGHTS_FILE} with Python's model.save_pretrained(folder)`
        : `${dir} has no ${WEIGHTS_FILE}: give a folder that save_pretrained or saveViT wrote`,
    );
  }
  const wrong = () => new VitlabError(`${path} does not list the file of each tensor in weight_map; get it again`);
  if (!isObject(index.weight_map)) throw wrong();
  const places = new Map<string, string>();
  for (const [tensor, name] of Object.entries(index.weight_map)) {
    // A name with folders could point anywhere.
    if (typeof name !== "string" || basename(name) !== name || !name.endsWith(".safetensors")) throw wrong();
    places.set(tensor, name);
  }
  return places;
}
