/**
 * `vitlab/recipes`: models of any kind, by path or name.
 *
 * @module
 */
import "../tensor/node/engine";

export { type LoadedModel, type LoadModelOptions, loadModel } from "./load-model";
export { type RecordedOptions, type RecordedResult, recorded } from "./recorded";
