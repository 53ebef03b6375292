// Types of the core name it, and don't ask for it.
/// <reference types="long" preserve="true" />
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "./core-gradients";

// Otherwise the first tensor made without the native engine prints a five-line banner on stderr.
const cpu = tf.engine().registryFactory.cpu;
if (cpu) {
  const { factory } = cpu;
  cpu.factory = () => Object.assign(factory(), { firstUse: false });
}

export { tf };
