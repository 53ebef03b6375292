import * as tf from "@tensorflow/tfjs";

// Otherwise the first tensor made without the native engine prints a five-line banner on stderr.
tf.enableProdMode();

export { tf };
