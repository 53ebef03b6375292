import type { Tensor } from "@tensorflow/tfjs-core";
import type { Activation } from "./activation";
import { ACTIVATION_NUMBERS } from "./activation-numbers";
import { type NativeAttribute, type NativeBackend, nativeBackend } from "./native-backend";
import { wasmOperations } from "./wasm-operations";

/** The names of the operations in src/tensor/operations, without the "Vitlab" before them. */
export type CompiledOperation =
  | "Linear"
  | "WeightGradient"
  | "InputGradient"
  | "FeedForward"
  | "FeedForwardGradient"
  | "Attention"
  | "AttentionGradient"
  | "AddDropped"
  | "LayerNorm"
  | "LayerNormGradient"
  | "Adam"
  | "SumsOfSquares"
  | "ForwardPass"
  | "Orthogonalize";

/** What such an operation is set to, besides its tensors. */
export interface CompiledSettings {
  heads?: number;
  activation?: Activation;
  rate?: number;
  epsilon?: number;
  /** Whether to hand out what the gradient would else compute anew. */
  keep?: boolean;
  /** Tensors in each list that it takes. */
  count?: number;
  /** Whether products are in bfloat16. */
  bfloat16?: boolean;
  /** Length of the rows that were kept in bfloat16. */
  features?: number;
  /** Of a whole model: side of a patch. */
  patch?: number;
  /** Tokens in front that have a position. */
  placed?: number;
  /** Whether the numbers of a patch are ordered channel by channel. */
  channelsFirst?: boolean;
  /** Whether normalization stands before each part. */
  preNorm?: boolean;
  /** Whether the head reads the mean of the patch tokens, not the class token. */
  meanPool?: boolean;
}

/** Runs a compiled operation; the result has as many tensors as it has outputs. */
export type RunCompiled = (
  operation: CompiledOperation,
  inputs: Tensor[],
  outputs: number,
  settings?: CompiledSettings,
) => Tensor[];

let wanted = true;
let offered: () => boolean = () => false;
let loaded: boolean | undefined;

/** Says how the native engine's compiled operations are loaded: what is given tells whether it could, and is asked once. */
export function offerCompiled(load: () => boolean): void {
  offered = load;
  loaded = undefined;
}

/**
 * What runs the operations of src/tensor/operations, where they are there: on the native engine those that set-up compiled, on
 * WebAssembly those that come along. Otherwise undefined, and operations run as several of the engine's own.
 */
export function compiled(): RunCompiled | undefined {
  if (!wanted) return undefined;
  const native = nativeBackend();
  if (!native) return wasmOperations();
  loaded ??= offered();
  if (!loaded) return undefined;
  return (operation, inputs, outputs, settings) =>
    native.executeMultipleOutputs(`Vitlab${operation}`, attributesOf(native, settings), inputs, outputs);
}

/** Turns the compiled operations off or on again, to compare; returns whether they were on. */
export function useCompiled(on: boolean): boolean {
  const before = wanted;
  wanted = on;
  return before;
}

function attributesOf(native: NativeBackend, settings: CompiledSettings = {}): NativeAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_FLOAT } = native.binding as Record<string, number>;
  const attributes: NativeAttribute[] = [];
  const add = (name: string, type: number | undefined, value: number | undefined) => {
    if (value !== undefined) attributes.push({ name, type: type as number, value });
  };
  add("heads", TF_ATTR_INT, settings.heads);
  add("activation", TF_ATTR_INT, settings.activation && ACTIVATION_NUMBERS[settings.activation]);
  add("rate", TF_ATTR_FLOAT, settings.rate);
  add("epsilon", TF_ATTR_FLOAT, settings.epsilon);
  add("keep", TF_ATTR_INT, settings.keep ? 1 : undefined);
  add("count", TF_ATTR_INT, settings.count);
  // TensorFlow takes no attribute that is called as a type of number is.
  add("rounded", TF_ATTR_INT, settings.bfloat16 ? 1 : undefined);
  add("features", TF_ATTR_INT, settings.features);
  add("patch", TF_ATTR_INT, settings.patch);
  add("placed", TF_ATTR_INT, settings.placed);
  const flag = (value?: boolean) => (value === undefined ? undefined : Number(value));
  add("channels_first", TF_ATTR_INT, flag(settings.channelsFirst));
  add("pre_norm", TF_ATTR_INT, flag(settings.preNorm));
  add("mean_pool", TF_ATTR_INT, flag(settings.meanPool));
  return attributes;
}
