// The gradients of TensorFlow.js' operations and the chained forms of its tensors, `x.add(y)`: the core has them as modules
// that Node.js can't load, and `npm run build` makes one file of them that it can, in the place of this one.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
