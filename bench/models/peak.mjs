const side = 1024;

/** The best of `times` products of 1024 x 1024 matrices, in floating-point operations a second. */
export function matmulPeak(tf, times) {
  const a = tf.randomNormal([side, side]);
  const b = tf.randomNormal([side, side]);
  let best = 0;
  for (let i = 0; i <= times; i++) {
    const start = performance.now();
    const product = tf.matMul(a, b);
    product.dataSync();
    const seconds = (performance.now() - start) / 1000;
    product.dispose();
    if (i > 0) best = Math.max(best, (2 * side ** 3) / seconds);
  }
  tf.dispose([a, b]);
  return best;
}
