/**
 * Everything that vitlab has but its kernel; each part is also a subpath, `vitlab/nn` say, which loads that part alone.
 *
 * @module
 */
export * from "./base/index";
export * from "./data/index";
export * from "./explain/index";
export * from "./figure/index";
export * from "./hub/index";
export * from "./nn/index";
export * from "./panels/index";
export * from "./recipes/index";
export * from "./sweep/index";
export * from "./tensor/index";
export * from "./train/index";
export * from "./vit/index";
export * from "./widgets/index";
