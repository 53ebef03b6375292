import type { Activation } from "./activation";

/** Activations as compiled operations know them: src/tensor/operations/activation.h. */
export const ACTIVATION_NUMBERS: Readonly<Record<Activation, number>> = { relu: 1, gelu: 2, gelu_tanh: 3 };
