export {
  currentEngine,
  describeEngine,
  type Engine,
  type EngineName,
  type UseEngineOptions,
  useEngine,
} from "./tensor/engine";
export { VitlabError } from "./tensor/error";
export { Random } from "./tensor/random";
export { tf } from "./tensor/tf";
