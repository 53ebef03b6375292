// A Vision Transformer in plain TensorFlow.js, as one writes it from the papers: stock operations, stock gradients.

/**
 * A model with the weights given, under vitlab's names: `{ variables, forward(images, training), load(weights), dispose() }`.
 *
 * @param config a complete ViTConfig; learned positions, patches as channel, row, column
 */
export function stockViT(tf, config, weights) {
  if (config.positions !== "learned" || config.patchOrder !== "chw" || config.attentionOverBatch)
    throw new Error("the stock model has learned positions, patches in the order chw and ordinary attention only");
  const { dim, depth, heads, patchSize, channels, layerNormEps, dropout, attentionDropout, embeddingDropout } = config;
  const headDim = dim / heads;
  const variables = Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => [name, tf.variable(tf.tensor(data.slice(), shape))]),
  );
  const parameter = (name) => variables[name];

  const linear = (x, name) => {
    const weight = parameter(`${name}.weight`);
    const bias = parameter(`${name}.bias`);
    const [inputs, outputs] = weight.shape;
    const product = tf.matMul(x.reshape([-1, inputs]), weight);
    return (bias ? product.add(bias) : product).reshape([...x.shape.slice(0, -1), outputs]);
  };
  const layerNorm = (x, name) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normalized = x.sub(mean).mul(variance.add(layerNormEps).rsqrt());
    return normalized.mul(parameter(`${name}.weight`)).add(parameter(`${name}.bias`));
  };
  const activate = activations[config.activation];

  function attention(x, name, drop) {
    const [batch, tokens] = x.shape;
    const qkv = linear(x, `${name}.qkv`).reshape([batch, tokens, 3, heads, headDim]).transpose([2, 0, 3, 1, 4]);
    const [query, key, value] = tf.unstack(qkv, 0);
    const scores = tf.matMul(query, key, false, true).mul(1 / Math.sqrt(headDim));
    const mixed = tf.matMul(drop(tf.softmax(scores), attentionDropout), value);
    return linear(mixed.transpose([0, 2, 1, 3]).reshape([batch, tokens, dim]), `${name}.projection`);
  }

  function block(x, name, drop) {
    const attend = (tokens) => drop(attention(tokens, `${name}.attention`, drop), dropout);
    const think = (tokens) => {
      const hidden = drop(activate(tf, linear(tokens, `${name}.mlp.fc1`)), dropout);
      return drop(linear(hidden, `${name}.mlp.fc2`), dropout);
    };
    if (config.norm === "pre") {
      const attended = x.add(attend(layerNorm(x, `${name}.norm1`)));
      return attended.add(think(layerNorm(attended, `${name}.norm2`)));
    }
    const attended = layerNorm(x.add(attend(x)), `${name}.norm1`);
    return layerNorm(attended.add(think(attended)), `${name}.norm2`);
  }

  function forward(images, training = false) {
    const drop = (x, rate) => (training && rate > 0 ? tf.dropout(x, rate) : x);
    const [batch, height, width] = images.shape;
    const [rows, columns] = [height / patchSize, width / patchSize];
    const patches = images
      .reshape([batch, rows, patchSize, columns, patchSize, channels])
      .transpose([0, 1, 3, 5, 2, 4])
      .reshape([batch, rows * columns, channels * patchSize * patchSize]);
    let x = linear(patches, "embeddings.patchEmbedding");
    if (config.classToken)
      x = tf.concat([parameter("embeddings.classToken").reshape([1, 1, dim]).tile([batch, 1, 1]), x], 1);
    x = drop(x.add(parameter("embeddings.positionEmbedding")), embeddingDropout);
    for (let i = 0; i < depth; i++) x = block(x, `blocks.${i}`, drop);
    if (config.finalNorm) x = layerNorm(x, "norm");
    const pooled =
      config.pool === "cls" ? x.slice([0, 0, 0], [batch, 1, dim]).reshape([batch, dim]) : meanOfPatches(x, config);
    return linear(pooled, "head");
  }

  return {
    variables: Object.values(variables),
    forward: (images, training) => tf.tidy(() => forward(images, training)),
    load(state) {
      tf.tidy(() => {
        for (const [name, { data, shape }] of Object.entries(state))
          variables[name].assign(tf.tensor(data.slice(), shape));
      });
    },
    dispose: () => tf.dispose(variables),
  };
}

const activations = {
  relu: (_, x) => x.relu(),
  gelu: (tf, x) => x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1)),
  gelu_tanh: (_, x) =>
    x.mul(0.5).mul(
      x
        .add(x.pow(3).mul(0.044715))
        .mul(Math.sqrt(2 / Math.PI))
        .tanh()
        .add(1),
    ),
};

function meanOfPatches(x, { classToken }) {
  const [batch, tokens, dim] = x.shape;
  return (classToken ? x.slice([0, 1, 0], [batch, tokens - 1, dim]) : x).mean(1);
}
