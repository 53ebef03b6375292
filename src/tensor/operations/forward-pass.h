// A whole Vision Transformer from images to class scores, when nothing between is watched or learned from; the blocks' formulas
// are in src/nn/encoder-block.ts, the rest in src/vit/model.ts.
#pragma once

#include <vector>

#include "attention.h"
#include "feed-forward.h"
#include "layer-norm.h"
#include "linear.h"
#include "mixed-precision.h"

namespace vitlab {

/** A linear map; its bias may be missing. */
struct Map {
  const float *weight, *bias;
};

/** Scale and shift of a layer normalization. */
struct Norm {
  const float *scale, *shift;
};

struct Block {
  Norm norm1;
  Map qkv, projection;
  Norm norm2;
  Map fc1, fc2;
};

struct VisionTransformer {
  long height, width, channels, patch, dim, heads, hidden, classes;
  /** Tokens in front of those of the patches, `[prefix, dim]`, and how many of these have a position. */
  long prefix, placed;
  const float* prefixTokens;
  /** `[placed + patches, dim]`, or missing. */
  const float* positions;
  /** Whether the numbers of a patch are ordered channel by channel, normalization stands before each part, and the patches' mean is read. */
  bool channelsFirst, preNorm, meanPool;
  /** Whether products are in bfloat16. */
  bool bfloat16;
  int activation;
  float epsilon;
  Map embedding, head;
  /** Its scale is missing where there is none. */
  Norm norm;
  std::vector<Block> blocks;

  long patches() const { return (height / patch) * (width / patch); }
  long tokens() const { return prefix + patches(); }
  long patchNumbers() const { return channels * patch * patch; }
};

/** A linear map of so many rows; `residual`, which may be missing, is added. */
inline void mapRows(const VisionTransformer& m, const Map& map, long rows, long inputs, long outputs, const Matrix& x,
                    const float* residual, float* y) {
  if (m.bfloat16) mixedLinear(rows, inputs, outputs, x, map.weight, map.bias, residual, y, nullptr);
  else linear(rows, inputs, outputs, x, map.weight, map.bias, residual, 0, y);
}

/** The feed-forward network of a block, x added. */
inline void feedForwardRows(const VisionTransformer& m, const Block& block, long rows, const float* x, const float* residual, float* y) {
  const FeedForward f = {rows,         m.dim,        m.hidden, m.dim, x, block.fc1.weight, block.fc1.bias, block.fc2.weight,
                         m.activation, Keep()};
  if (m.bfloat16) mixedFeedForward(f, block.fc2.bias, residual, y, nullptr, nullptr);
  else feedForward(f, block.fc2.bias, residual, y, nullptr);
}

/** An image `[height, width, channels]` as patches `[patches, channels · patch²]`. */
inline void cutPatches(const VisionTransformer& m, const float* image, float* to) {
  const long rowLength = m.width * m.channels, side = m.patch;
  for (long top = 0; top < m.height; top += side)
    for (long left = 0; left < m.width; left += side) {
      const float* corner = image + top * rowLength + left * m.channels;
      if (!m.channelsFirst) {
        for (long y = 0; y < side; y++, to += side * m.channels)
          std::memcpy(to, corner + y * rowLength, side * m.channels * sizeof(float));
        continue;
      }
      for (long channel = 0; channel < m.channels; channel++)
        for (long y = 0; y < side; y++)
          for (long x = 0; x < side; x++) *to++ = corner[y * rowLength + x * m.channels + channel];
    }
}

/** Images to tokens `[count, tokens, dim]`, with those in front and positions. */
inline void embed(const VisionTransformer& m, const float* images, long count, float* x) {
  const long patches = m.patches(), length = m.patchNumbers(), dim = m.dim;
  Scratch::Use scratch;
  float* cut = scratch.take(count * patches * length);
  float* embedded = scratch.take(count * patches * dim);
  for (long i = 0; i < count; i++) cutPatches(m, images + i * m.height * m.width * m.channels, cut + i * patches * length);
  mapRows(m, m.embedding, count * patches, length, dim, {cut, length}, nullptr, embedded);
  for (long i = 0; i < count; i++)
    for (long token = 0; token < m.tokens(); token++) {
      const bool inFront = token < m.prefix;
      const float* from = inFront ? m.prefixTokens + token * dim : embedded + (i * patches + token - m.prefix) * dim;
      float* to = x + (i * m.tokens() + token) * dim;
      const long place = inFront ? token : token - m.prefix + m.placed;
      const bool placed = m.positions && (!inFront || token < m.placed);
      for (long k = 0; k < dim; k++) to[k] = placed ? from[k] + m.positions[place * dim + k] : from[k];
    }
}

/** The rest of a block behind its attention, for any rows of tokens: `x` gets x + branch, twice. */
inline void restOfBlock(const VisionTransformer& m, const Block& block, long rows, const Matrix& context, float* x) {
  const long dim = m.dim;
  Scratch::Use scratch;
  float* normalized = scratch.take(rows * dim);
  float* statistics = scratch.take(rows * 2);
  const auto norm = [&](const Norm& n, float* to) {
    layerNorm(rows, dim, x, n.scale, n.shift, m.epsilon, to, statistics);
  };
  mapRows(m, block.projection, rows, dim, dim, context, x, x);
  if (m.preNorm) norm(block.norm2, normalized);
  else norm(block.norm1, x);
  if (m.preNorm) return feedForwardRows(m, block, rows, normalized, x, x);
  feedForwardRows(m, block, rows, x, x, normalized);
  std::memcpy(x, normalized, rows * dim * sizeof(float));
  norm(block.norm2, x);
}

/**
 * Images to `pooled` `[count, dim]`, what the head reads, and `logits` `[count, classes]`. Where that is the class token, the last
 * block attends to all tokens and goes on with that one alone.
 */
inline void forwardPass(const VisionTransformer& m, const float* images, long count, float* pooled, float* logits) {
  const long tokens = m.tokens(), dim = m.dim;
  Scratch::Use scratch;
  float* x = scratch.take(count * tokens * dim);
  float* normalized = scratch.take(count * tokens * dim);
  float* qkv = scratch.take(count * tokens * 3 * dim);
  float* context = scratch.take(count * tokens * dim);
  float* statistics = scratch.take(count * tokens * 2);
  RowShare* shares = (RowShare*)scratch.take(count * m.heads * tokens * 2);
  embed(m, images, count, x);
  // Rows of x that are still computed of each image: all, or the first.
  long kept = tokens;
  const auto keepFirst = [&] {
    kept = 1;
    for (long image = 1; image < count; image++) std::memcpy(x + image * dim, x + image * tokens * dim, dim * sizeof(float));
  };
  for (size_t i = 0; i < m.blocks.size(); i++) {
    const Block& block = m.blocks[i];
    if (m.preNorm) layerNorm(count * tokens, dim, x, block.norm1.scale, block.norm1.shift, m.epsilon, normalized, statistics);
    mapRows(m, block.qkv, count * tokens, dim, 3 * dim, {m.preNorm ? normalized : x, dim}, nullptr, qkv);
    const bool last = i + 1 == m.blocks.size() && !m.meanPool;
    attention({count, tokens, m.heads, dim / m.heads, qkv, Keep(), last ? 1 : tokens}, context, shares);
    if (last) keepFirst();
    restOfBlock(m, block, count * kept, {context, last ? tokens * dim : dim}, x);
  }
  if (m.blocks.empty() && !m.meanPool) keepFirst();
  const float* read = x;
  if (m.norm.scale) {
    layerNorm(count * kept, dim, x, m.norm.scale, m.norm.shift, m.epsilon, normalized, statistics);
    read = normalized;
  }
  if (!m.meanPool) std::memcpy(pooled, read, count * dim * sizeof(float));
  else
    for (long image = 0; image < count; image++)
      for (long k = 0; k < dim; k++) {
        float sum = 0;
        for (long token = m.prefix; token < tokens; token++) sum += read[(image * tokens + token) * dim + k];
        pooled[image * dim + k] = sum / (float)m.patches();
      }
  mapRows(m, m.head, count, dim, m.classes, {pooled, dim}, nullptr, logits);
}

/** Rows of tokens that a thread takes through all blocks together: their values stay in its cache. */
constexpr long kRowsThrough = 512;

/** Rows that all threads take through together where the weights are large, so that these are read seldom. */
constexpr long kRowsThroughLarge = 4096;

/**
 * Many images: each thread takes some of them through the whole model, and waits for no other. Few, or a model whose weights no cache
 * holds: the threads share each operation.
 */
inline void forwardPasses(const VisionTransformer& m, const float* images, long count, float* pooled, float* logits) {
  const long size = m.height * m.width * m.channels, tokens = m.tokens();
  const auto some = [&](long first, long end) {
    forwardPass(m, images + first * size, end - first, pooled + first * m.dim, logits + first * m.classes);
  };
  const bool large = 4 * m.dim * m.dim + 2 * m.dim * m.hidden > (1 << 21);
  const int threads = Threads::shared().count();
  if (large || count < 2 * threads) {
    const long step = tokens >= kRowsThroughLarge ? 1 : kRowsThroughLarge / tokens;
    for (long first = 0; first < count; first += step) some(first, first + step < count ? first + step : count);
    return;
  }
  const long each = tokens >= kRowsThrough ? 1 : kRowsThrough / tokens;
  // As many groups for one thread as for another.
  const long groups = (count + each * threads - 1) / (each * threads) * threads;
  share(groups, true, [&](long group) {
    const Range range = partOf(count, (int)group, (int)groups);
    if (range.first < range.end) some(range.first, range.end);
  });
}

}  // namespace vitlab
