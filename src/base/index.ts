/**
 * `vitlab/base`: the error that every refusal is, random numbers by a seed, words in two languages.
 *
 * @module
 */
export { VitlabError } from "./error";
export { type InBoth, inLanguage, type Language, language, type Words } from "./language";
export { SafetensorsFile } from "./node/safetensors-file";
export { Random } from "./random";
export type { HeaderEntry } from "./safetensors-header";
export type { SafetensorsEntry, WeightType } from "./safetensors-numbers";
