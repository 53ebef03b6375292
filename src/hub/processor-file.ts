import { join } from "node:path";
import { VitlabError } from "../base/error";
import { quoteJson } from "../base/quote-json";
import { processorTypeOfModel } from "./processor-type";
import { type Fields, isObject, readJson } from "./read-json";

/** What a folder says of its image processor, and in which file. */
export interface ProcessorFile {
  fields: Fields;
  path: string;
}

/** What transformers 5 writes for a model with several processors; a section is the image processor's. */
export const PROCESSOR_FILE = "processor_config.json";
export const PREPROCESSOR_FILE = "preprocessor_config.json";

/**
 * Reads the section `image_processor` of a folder's `processor_config.json`, else its `preprocessor_config.json`, as
 * transformers does; undefined where there is neither.
 *
 * Where it names no type, `image_processor_type` is set to that of the model, so that the fields mean the same in another
 * folder.
 *
 * @throws VitlabError when a file can't be read or holds no JSON object, or no type is known for the model.
 */
export async function readProcessor(dir: string): Promise<ProcessorFile | undefined> {
  const found = (await readSection(dir)) ?? (await readFile(join(dir, PREPROCESSOR_FILE)));
  if (!found) return undefined;
  const { fields, path } = found;
  if (fields.image_processor_type ?? fields.feature_extractor_type ?? fields.auto_map) return found;
  const model = await readJson(join(dir, "config.json"));
  const { image_processor_type: named, model_type: modelType } = model ?? {};
  if (modelType === undefined && named === undefined) return found;
  const type = named ?? processorTypeOfModel(modelType);
  if (type === undefined)
    throw new VitlabError(
      `${path} names no image_processor_type, and vitlab knows none for a model of type ${quoteJson(modelType)}: add it to the file`,
    );
  return { fields: { ...fields, image_processor_type: type }, path };
}

async function readSection(dir: string): Promise<ProcessorFile | undefined> {
  const path = join(dir, PROCESSOR_FILE);
  const section = (await readJson(path))?.image_processor;
  if (section === undefined || section === null) return undefined;
  if (!isObject(section)) throw new VitlabError(`${path}: image_processor is no object; get the file again`);
  return { fields: section, path };
}

async function readFile(path: string): Promise<ProcessorFile | undefined> {
  const fields = await readJson(path);
  return fields && { fields, path };
}
