// y = drop(σ(x W₁ + b₁)) W₂ + b₂; src/tensor/feed-forward.ts has the formulas.
#pragma once

#include "keep.h"
#include "linear.h"

namespace vitlab {

/** What both directions work on. */
struct FeedForward {
  long rows, inputs, hidden, outputs;
  const float *x, *weight1, *bias1, *weight2;
  int activation;
  Keep keep;
};

/** Floats of the hidden layer that are at work at once, in each thread: half of a second-level cache, or less. */
constexpr long kHiddenTogether = 1 << 17;

inline long rowsOfBlock(long rows, long hidden) {
  const long threads = Threads::shared().count();
  long most = kHiddenTogether / hidden / kRows * kRows;
  most = most < 2 * kRows ? 2 * kRows : most > 128 ? 128 : most;
  // As many blocks for one thread as for another.
  const long blocks = (rows + most * threads - 1) / (most * threads) * threads;
  return ((rows + blocks - 1) / blocks + kRows - 1) / kRows * kRows;
}

/** The hidden layer of a block of rows, `h` `[count, hidden as panels]`, and where wanted its slope, dropout in both. */
template <Activation KIND, bool SLOPE>
inline void hiddenOf(const FeedForward& f, long first, long count, const float* packed1, float* h, float* slope, long stride) {
  constexpr long width = kWide * kLanes;
  for (long panel = 0; panel < panelsOf(f.hidden); panel++) {
    const long column = panel * width;
    Vector shift[kWide];
    for (int w = 0; w < kWide; w++) {
      const long left = f.hidden - column - w * kLanes;
      shift[w] = left >= kLanes ? load(f.bias1 + column + w * kLanes)
                                : loadPart(f.bias1 + column + w * kLanes, left > 0 ? left : 0);
    }
    panelProduct(
        count, f.inputs, {f.x + first * f.inputs, f.inputs}, packed1 + panel * f.inputs * width, width, FromZero{},
        [&](long row, int rows, const Tile<kWide>& tile) {
          for (int r = 0; r < rows; r++) {
            Vector factors[kWide] = {};
            if (f.keep.drops()) f.keep.factors<kWide>(first + row + r, column, factors);
            else for (int w = 0; w < kWide; w++) factors[w] = all(1.0f);
            for (int w = 0; w < kWide; w++) {
              const Active active = activate<KIND>(tile.sums[r][w] + shift[w]);
              const long place = (row + r) * stride + column + w * kLanes;
              store(h + place, active.value * factors[w]);
              if constexpr (SLOPE) store(slope + place, active.slope * factors[w]);
            }
          }
        });
  }
}

/**
 * The rows go through in blocks whose hidden layer never leaves the cache: in memory it would be the largest tensor of a
 * training step by far.
 */
inline void feedForward(const FeedForward& f, const float* bias2, float* y) {
  constexpr long width = kWide * kLanes;
  const bool worth = (double)f.rows * f.inputs * f.hidden > kWorthDividing;
  Scratch::Use scratch;
  float* packed1 = scratch.take(packedSize(f.inputs, f.hidden));
  float* packed2 = scratch.take(packedSize(f.hidden, f.outputs));
  pack({f.weight1, f.hidden}, f.inputs, f.hidden, packed1, worth);
  pack({f.weight2, f.outputs}, f.hidden, f.outputs, packed2, worth);
  const long together = rowsOfBlock(f.rows, f.hidden), stride = panelsOf(f.hidden) * width;
  withActivation(f.activation, [&](auto kind) {
    share((f.rows + together - 1) / together, worth, [&](long block) {
      const long first = block * together, count = f.rows - first < together ? f.rows - first : together;
      Scratch::Use own;
      float* h = own.take(count * stride);
      hiddenOf<decltype(kind)::value, false>(f, first, count, packed1, h, nullptr, stride);
      for (long panel = 0; panel < panelsOf(f.outputs); panel++) {
        const long column = panel * width;
        panelProduct(
            count, f.hidden, {h, stride}, packed2 + panel * f.hidden * width, width,
            [&](long, int rows, Tile<kWide>& tile) { loadTile(tile, bias2 + column, 0, rows, f.outputs - column); },
            [&](long row, int rows, const Tile<kWide>& tile) {
              storeTile(tile, y + (first + row) * f.outputs + column, f.outputs, rows, f.outputs - column);
            });
      }
    });
  });
}

struct FeedForwardGradient {
  float *dx, *dWeight1, *dBias1, *dWeight2, *dBias2;
};

/** to += the columns' sums of a block of rows. */
inline void addColumnSums(long rows, long columns, const float* from, long stride, float* to) {
  for (long column = 0; column < columns; column += kLanes) {
    const long left = columns - column < kLanes ? columns - column : kLanes;
    Vector sum = loadPart(to + column, left);
    for (long row = 0; row < rows; row++) sum += load(from + row * stride + column);
    storePart(to + column, sum, left);
  }
}

/** C += Aᵀ B for blocks of rows A `[depth, rows]` and B `[depth, columns]`, both padded to whole panels. */
inline void addTransposedProduct(long depth, long rows, long columns, const Matrix& a, const float* b, long bStride, float* c) {
  constexpr long width = kWide * kLanes;
  for (long panel = 0; panel < panelsOf(columns); panel++) {
    const long column = panel * width;
    panelProduct(
        rows, depth, {a.data, a.stride, true}, b + column, bStride,
        [&](long row, int count, Tile<kWide>& tile) { loadTile(tile, c + row * columns + column, columns, count, columns - column); },
        [&](long row, int count, const Tile<kWide>& tile) {
          storeTile(tile, c + row * columns + column, columns, count, columns - column);
        });
  }
}

/** Copies rows so that they lie `stride` floats apart, with zeros between. */
inline void copyRows(long rows, long columns, const float* from, long fromStride, float* to, long stride, float factor = 1) {
  for (long row = 0; row < rows; row++) {
    for (long column = 0; column < columns; column++) to[row * stride + column] = from[row * fromStride + column] * factor;
    std::memset(to + row * stride + columns, 0, (stride - columns) * sizeof(float));
  }
}

/**
 * The hidden layer is computed anew: that takes less time than to write it to memory and read it back. Each thread sums the
 * gradients of its rows, and the threads' sums are added in their order.
 */
inline void feedForwardGradient(const FeedForward& f, const float* dy, const FeedForwardGradient& to) {
  constexpr long width = kWide * kLanes;
  const long size1 = f.inputs * f.hidden, size2 = f.hidden * f.outputs;
  const long sizes = size1 + f.hidden + size2 + f.outputs;
  const bool worth = (double)f.rows * f.inputs * f.hidden > kWorthDividing;
  const int parts = worth ? Threads::shared().count() : 1;
  Scratch::Use scratch;
  float* packed1 = scratch.take(packedSize(f.inputs, f.hidden));
  float* packed2T = scratch.take(packedSize(f.outputs, f.hidden));
  float* packed1T = scratch.take(packedSize(f.hidden, f.inputs));
  float* others = scratch.take((parts - 1) * sizes);
  pack({f.weight1, f.hidden}, f.inputs, f.hidden, packed1, worth);
  pack({f.weight2, f.outputs, true}, f.outputs, f.hidden, packed2T, worth);
  pack({f.weight1, f.hidden, true}, f.hidden, f.inputs, packed1T, worth);
  const long together = rowsOfBlock(f.rows, f.hidden), stride = panelsOf(f.hidden) * width;
  const long yStride = panelsOf(f.outputs) * width;
  const auto sumsOf = [&](int part) {
    if (part == 0) return to;
    float* start = others + (part - 1) * sizes;
    return FeedForwardGradient{to.dx, start, start + size1, start + size1 + f.hidden, start + size1 + f.hidden + size2};
  };
  const auto work = [&](int part) {
    const FeedForwardGradient sums = sumsOf(part);
    std::memset(sums.dWeight1, 0, size1 * sizeof(float));
    std::memset(sums.dBias1, 0, f.hidden * sizeof(float));
    std::memset(sums.dWeight2, 0, size2 * sizeof(float));
    std::memset(sums.dBias2, 0, f.outputs * sizeof(float));
    const Range range = partOf(f.rows, part, parts, kRows);
    Scratch::Use own;
    float* h = own.take(together * stride);
    float* dHidden = own.take(together * stride);
    float* dyBlock = own.take(together * yStride);
    withActivation(f.activation, [&](auto kind) {
      for (long first = range.first; first < range.end; first += together) {
        const long count = range.end - first < together ? range.end - first : together;
        hiddenOf<decltype(kind)::value, true>(f, first, count, packed1, h, dHidden, stride);
        copyRows(count, f.outputs, dy + first * f.outputs, f.outputs, dyBlock, yStride);
        for (long panel = 0; panel < panelsOf(f.hidden); panel++)
          panelProduct(
              count, f.outputs, {dyBlock, yStride}, packed2T + panel * f.outputs * width, width, FromZero{},
              [&](long row, int rows, const Tile<kWide>& tile) {
                for (int r = 0; r < rows; r++)
                  for (int w = 0; w < kWide; w++) {
                    float* place = dHidden + (row + r) * stride + panel * width + w * kLanes;
                    store(place, load(place) * tile.sums[r][w]);
                  }
              });
        addTransposedProduct(count, f.hidden, f.outputs, {h, stride}, dyBlock, yStride, sums.dWeight2);
        addTransposedProduct(count, f.inputs, f.hidden, {f.x + first * f.inputs, f.inputs}, dHidden, stride, sums.dWeight1);
        addColumnSums(count, f.hidden, dHidden, stride, sums.dBias1);
        addColumnSums(count, f.outputs, dyBlock, yStride, sums.dBias2);
        for (long panel = 0; panel < panelsOf(f.inputs); panel++)
          panelProduct(count, f.hidden, {dHidden, stride}, packed1T + panel * f.hidden * width, width, FromZero{},
                       [&](long row, int rows, const Tile<kWide>& tile) {
                         storeTile(tile, to.dx + (first + row) * f.inputs + panel * width, f.inputs, rows,
                                   f.inputs - panel * width);
                       });
      }
    });
  };
  if (parts == 1) return work(0);
  Threads::shared().each(work);
  const auto add = [&](float* sum, const float* other, long size) {
    divide(size, kLanes, size > 65536, [&](long first, long end) {
      for (int part = 1; part < parts; part++)
        for (long i = first; i < end; i++) sum[i] += other[(part - 1) * sizes + i];
    });
  };
  const FeedForwardGradient second = sumsOf(1);
  add(to.dWeight1, second.dWeight1, size1);
  add(to.dBias1, second.dBias1, f.hidden);
  add(to.dWeight2, second.dWeight2, size2);
  add(to.dBias2, second.dBias2, f.outputs);
}

}  // namespace vitlab
