// softmax(Q Kᵀ / √headDim) V for each head; src/tensor/attention.ts has the formulas.
#pragma once

#include <cmath>

#include "feed-forward.h"
#include "keep.h"
#include "product.h"

namespace vitlab {

/** Query, key and value of all heads side by side, `[batch, tokens, 3 · heads · headDim]`. */
struct Attention {
  long batch, tokens, heads, headDim;
  const float* qkv;
  Keep keep;
  /** Tokens whose context is wanted, the first of each image. */
  long queries = tokens;

  long dim() const { return heads * headDim; }
  /** 0 for query, 1 for key, 2 for value. */
  long place(long image, long head, int which) const {
    return image * tokens * 3 * dim() + which * dim() + head * headDim;
  }
  bool worth() const { return (double)batch * heads * tokens * tokens * headDim > kWorthDividing / 2; }
};

/** Queries that meet all keys at once, at most: their weights stay in the cache. */
constexpr long kQueriesTogether = 96;

/** Blocks of queries that are as long as each other, so that none is left with a single row. */
inline long queriesOfBlock(long tokens) {
  const long blocks = (tokens + kQueriesTogether - 1) / kQueriesTogether;
  const long together = (tokens + (blocks > 0 ? blocks : 1) - 1) / (blocks > 0 ? blocks : 1);
  return (together + kRows - 1) / kRows * kRows;
}

/**
 * `rows` rows of A times the packed B, `[depth, columns]`, panel by panel: `finish(column, vectors, row, rows, tile)`. A last
 * panel of which one vector is enough is computed as one: with 65 tokens that is a sixth less to do.
 */
template <typename Finish>
inline void scoresOf(long rows, long depth, long columns, const Matrix& a, const float* packed, const Finish& finish) {
  constexpr long width = kWide * kLanes;
  for (long panel = 0; panel < panelsOf(columns); panel++) {
    const long column = panel * width;
    const float* b = packed + panel * depth * width;
    if (columns - column > kLanes)
      panelProduct<kWide>(rows, depth, a, b, width, FromZero{},
                          [&](long row, int count, const Tile<kWide>& tile) { finish(column, row, count, tile); });
    else
      panelProduct<1>(rows, depth, a, b, width, FromZero{},
                      [&](long row, int count, const Tile<1>& tile) { finish(column, row, count, tile); });
  }
}

template <int WIDE>
constexpr int vectorsOf(const Tile<WIDE>&) {
  return WIDE;
}

/**
 * Calls `work` with the narrowest tile that holds a head's features: one vector, or two at a time. Of four lanes it would be
 * for heads that nobody has.
 */
template <typename Work>
inline void withWidth(long headDim, const Work& work) {
  if constexpr (kLanes > 4) {
    if (headDim <= kLanes) return work(std::integral_constant<int, 1>{});
  }
  work(std::integral_constant<int, kWide>{});
}

/** What the softmax of a row is made with: the largest score, and 1 over the sum of all exponentials. */
struct RowShare {
  float highest;
  float share;
};

/**
 * Turns a row of scores in place into `e^(score - highest)`, dropped where they are; times `share` they are the weights. That product
 * is left to what comes of them, which is shorter.
 */
inline RowShare exponentialsOfRow(float* row, long count, const Keep& keep, long keepRow) {
  const long end = (count + kLanes - 1) / kLanes * kLanes;
  // What stands past the last key must not count.
  for (long i = count; i < end; i++) row[i] = -INFINITY;
  Vector most = load(row);
  for (long i = kLanes; i < end; i += kLanes) most = larger(most, load(row + i));
  const float highest = largestOf(most);
  Vector sums = {};
  for (long i = 0; i < end; i += kWide * kLanes) {
    Vector factors[kWide] = {};
    if (keep.drops()) keep.factors<kWide>(keepRow, i, factors);
    for (int w = 0; w < kWide && i + w * kLanes < end; w++) {
      const Vector power = exponential(load(row + i + w * kLanes) - highest);
      sums += power;
      store(row + i + w * kLanes, keep.drops() ? power * factors[w] : power);
    }
  }
  return {highest, 1 / sumOf(sums)};
}

/** One item for each head of each image, a block of queries at a time; `shares` `[batch, heads, tokens]` serve the gradient. */
inline void attention(const Attention& f, float* context, RowShare* shares) {
  constexpr long width = kWide * kLanes;
  const long tokens = f.tokens, headDim = f.headDim, dim = f.dim(), stride = panelsOf(tokens) * width;
  const long together = queriesOfBlock(f.queries);
  const float scale = 1 / std::sqrt((float)headDim);
  withWidth(headDim, [&](auto wide) {
    constexpr int WIDE = decltype(wide)::value;
    share(f.batch * f.heads, f.worth(), [&](long item) {
      const long image = item / f.heads, head = item % f.heads;
      Scratch::Use scratch;
      float* keys = scratch.take(packedSize(headDim, tokens));
      float* values = scratch.take(packedSize<WIDE>(tokens, headDim));
      float* query = scratch.take(together * headDim);
      float* scores = scratch.take(together * stride);
      pack({f.qkv + f.place(image, head, 1), 3 * dim, true}, headDim, tokens, keys);
      pack<WIDE>({f.qkv + f.place(image, head, 2), 3 * dim}, tokens, headDim, values);
      const float* queries = f.qkv + f.place(image, head, 0);
      for (long first = 0; first < f.queries; first += together) {
        const long count = f.queries - first < together ? f.queries - first : together;
        // Scaled before the product, as for the gradient, so that both have the same scores to the bit.
        copyRows(count, headDim, queries + first * 3 * dim, 3 * dim, query, headDim, scale);
        scoresOf(count, headDim, tokens, {query, headDim}, keys, [&](long column, long row, int rows, const auto& tile) {
          for (int r = 0; r < rows; r++)
            for (int w = 0; w < vectorsOf(tile); w++)
              store(scores + (row + r) * stride + column + w * kLanes, tile.sums[r][w]);
        });
        for (long row = 0; row < count; row++) {
          const long place = item * tokens + first + row;
          shares[place] = exponentialsOfRow(scores + row * stride, tokens, f.keep, place);
        }
        for (long panel = 0; panel < panelsOf<WIDE>(headDim); panel++) {
          const long column = panel * WIDE * kLanes;
          float* to = context + (image * tokens + first) * dim + head * headDim + column;
          panelProduct<WIDE>(count, tokens, {scores, stride}, values + panel * tokens * WIDE * kLanes, WIDE * kLanes, FromZero{},
                             [&](long row, int rows, const Tile<WIDE>& tile) {
                               Tile<WIDE> shared = tile;
                               for (int r = 0; r < rows; r++)
                                 for (int w = 0; w < WIDE; w++) shared.sums[r][w] *= shares[item * tokens + first + row + r].share;
                               storeTile<WIDE>(shared, to + row * dim, dim, rows, headDim - column);
                             });
        }
      }
    });
  });
}

/** C += Aᵀ B, as a sum over a block of queries; C `[rows, stride]` padded to whole tiles. */
template <int WIDE>
inline void addOverQueries(long depth, long rows, long panels, const float* a, long aStride, const float* b, float* c,
                           long stride) {
  for (long panel = 0; panel < panels; panel++) {
    float* to = c + panel * WIDE * kLanes;
    panelProduct<WIDE>(
        rows, depth, {a, aStride, true}, b + panel * WIDE * kLanes, stride,
        [&](long row, int count, Tile<WIDE>& tile) { loadTile<WIDE>(tile, to + row * stride, stride, count, stride); },
        [&](long row, int count, const Tile<WIDE>& tile) { storeTile<WIDE>(tile, to + row * stride, stride, count, stride); });
  }
}

/**
 * The weights are computed anew from what is kept of each row (Dao et al., "FlashAttention", 2022, section 3.1), so that
 * neither they nor dropout's mask are ever stored; Σ dA A over a row is Σ dY Y (appendix B.4).
 */
inline void attentionGradient(const Attention& f, const float* context, const RowShare* shares, const float* dContext, float* dQkv) {
  constexpr long width = kWide * kLanes;
  const long tokens = f.tokens, headDim = f.headDim, dim = f.dim(), stride = panelsOf(tokens) * width;
  const long together = queriesOfBlock(tokens);
  const float scale = 1 / std::sqrt((float)headDim);
  withWidth(headDim, [&](auto wide) {
    constexpr int WIDE = decltype(wide)::value;
    const long panels = panelsOf<WIDE>(headDim), padded = panels * WIDE * kLanes;
    share(f.batch * f.heads, f.worth(), [&](long item) {
      const long image = item / f.heads, head = item % f.heads;
      const float* queries = f.qkv + f.place(image, head, 0);
      Scratch::Use scratch;
      float* keys = scratch.take(packedSize(headDim, tokens));
      float* values = scratch.take(packedSize(headDim, tokens));
      float* keyRows = scratch.take(packedSize<WIDE>(tokens, headDim));
      float* weights = scratch.take(together * stride);
      float* dScores = scratch.take(together * stride);
      float* query = scratch.take(together * padded);
      float* dy = scratch.take(together * padded);
      float* dKey = scratch.take(tokens * padded);
      float* dValue = scratch.take(tokens * padded);
      pack({f.qkv + f.place(image, head, 1), 3 * dim, true}, headDim, tokens, keys);
      pack({f.qkv + f.place(image, head, 2), 3 * dim, true}, headDim, tokens, values);
      pack<WIDE>({f.qkv + f.place(image, head, 1), 3 * dim}, tokens, headDim, keyRows);
      std::memset(dKey, 0, tokens * padded * sizeof(float));
      std::memset(dValue, 0, tokens * padded * sizeof(float));
      for (long first = 0; first < tokens; first += together) {
        const long count = tokens - first < together ? tokens - first : together;
        const long start = (image * tokens + first) * dim + head * headDim;
        copyRows(count, headDim, queries + first * 3 * dim, 3 * dim, query, padded, scale);
        copyRows(count, headDim, dContext + start, dim, dy, padded);
        float along[kQueriesTogether + kRows];
        for (long row = 0; row < count; row++) {
          Vector sum = {};
          for (long i = 0; i < headDim; i += kLanes)
            sum += load(dy + row * padded + i) * loadPart(context + start + row * dim + i, headDim - i < kLanes ? headDim - i : kLanes);
          along[row] = sumOf(sum);
        }
        const RowShare* own = shares + item * tokens + first;
        scoresOf(count, headDim, tokens, {query, padded}, keys, [&](long column, long row, int rows, const auto& tile) {
          for (int r = 0; r < rows; r++)
            for (int w = 0; w < vectorsOf(tile); w++)
              store(weights + (row + r) * stride + column + w * kLanes,
                    exponential(tile.sums[r][w] - own[row + r].highest) * own[row + r].share);
        });
        scoresOf(count, headDim, tokens, {dy, padded}, values, [&](long column, long row, int rows, const auto& tile) {
          for (int r = 0; r < rows; r++) {
            Vector factors[kWide] = {};
            if (f.keep.drops()) f.keep.factors<kWide>(item * tokens + first + row + r, column, factors);
            for (int w = 0; w < vectorsOf(tile); w++) {
              const long place = (row + r) * stride + column + w * kLanes;
              const Vector factor = f.keep.drops() ? factors[w] : all(1.0f);
              const Vector weight = load(weights + place);
              store(weights + place, weight * factor);
              store(dScores + place, weight * (tile.sums[r][w] * factor - along[row + r]));
            }
          }
        });
        addOverQueries<WIDE>(count, tokens, panels, weights, stride, dy, dValue, padded);
        addOverQueries<WIDE>(count, tokens, panels, dScores, stride, query, dKey, padded);
        for (long panel = 0; panel < panels; panel++) {
          const long column = panel * WIDE * kLanes;
          float* to = dQkv + f.place(image, head, 0) + first * 3 * dim + column;
          panelProduct<WIDE>(count, tokens, {dScores, stride}, keyRows + panel * tokens * WIDE * kLanes, WIDE * kLanes, FromZero{},
                             [&](long row, int rows, const Tile<WIDE>& tile) {
                               Tile<WIDE> scaled = tile;
                               for (int r = 0; r < rows; r++)
                                 for (int w = 0; w < WIDE; w++) scaled.sums[r][w] *= scale;
                               storeTile<WIDE>(scaled, to + row * 3 * dim, 3 * dim, rows, headDim - column);
                             });
        }
      }
      for (long token = 0; token < tokens; token++) {
        float* to = dQkv + token * 3 * dim;
        std::memcpy(to + f.place(image, head, 1), dKey + token * padded, headDim * sizeof(float));
        std::memcpy(to + f.place(image, head, 2), dValue + token * padded, headDim * sizeof(float));
      }
    });
  });
}

}  // namespace vitlab
