// y = drop(σ(x W₁ + b₁)) W₂ + b₂ + residual; src/tensor/feed-forward.ts has the formulas.
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
  if (rows < 1 || hidden < 1) return kRows;
  const long threads = Threads::shared().count();
  long most = kHiddenTogether / hidden / kRows * kRows;
  most = most < 2 * kRows ? 2 * kRows : most > 128 ? 128 : most;
  // As many blocks for one thread as for another.
  const long blocks = (rows + most * threads - 1) / (most * threads) * threads;
  return ((rows + blocks - 1) / blocks + kRows - 1) / kRows * kRows;
}

/** Stores what the activation makes of a vector, and where wanted its slope. */
template <Activation KIND, bool SLOPE>
inline void storeActive(Vector before, Vector factor, float* h, float* slope) {
  const Active active = activate<KIND>(before);
  store(h, active.value * factor);
  if constexpr (SLOPE) store(slope, active.slope * factor);
}

/** The factors of dropout at a place of the hidden layer: ones where nothing is dropped. */
inline void hiddenFactors(const FeedForward& f, long row, long column, Vector* factors) {
  if (f.keep.drops()) f.keep.factors<kWide>(row, column, factors);
  else for (int w = 0; w < kWide; w++) factors[w] = all(1.0f);
}

/** The first bias at a panel of the hidden layer; 0 past its end. */
inline void loadBias1(const FeedForward& f, long column, Vector* shift) {
  for (int w = 0; w < kWide; w++) {
    const long at = column + w * kLanes, left = f.hidden - at;
    shift[w] = loadUpTo(f.bias1 + at, left);
  }
}

/** What a tile of x W₁ becomes, at a row of the block that begins at `first`; as `hiddenOf` says. */
template <Activation KIND, bool SLOPE>
inline void finishHidden(const FeedForward& f, long first, long row, long column, int rows, const Tile<kWide>& tile,
                         const Vector* shift, float* h, float* slope, long stride, float* before) {
  Tile<kWide> shifted = tile;
  for (int r = 0; r < rows; r++) {
    Vector factors[kWide] = {};
    hiddenFactors(f, first + row + r, column, factors);
    for (int w = 0; w < kWide; w++) {
      shifted.sums[r][w] += shift[w];
      const long place = (row + r) * stride + column + w * kLanes;
      storeActive<KIND, SLOPE>(shifted.sums[r][w], factors[w], h + place, slope + place);
    }
  }
  if (before) storeTile(shifted, before + (first + row) * f.hidden + column, f.hidden, rows, f.hidden - column);
}

/**
 * The hidden layer of a block of rows, `h` `[count, hidden as panels]`, and where wanted its slope, dropout in both;
 * `before` `[rows, hidden]`, where wanted, gets what the activation is applied to.
 */
template <Activation KIND, bool SLOPE>
inline void hiddenOf(const FeedForward& f, long first, long count, const float* packed1, float* h, float* slope, long stride,
                     float* before = nullptr) {
  constexpr long width = kWide * kLanes;
  for (long panel = 0; panel < panelsOf(f.hidden); panel++) {
    const long column = panel * width;
    Vector shift[kWide];
    loadBias1(f, column, shift);
    panelProduct(count, f.inputs, {f.x + first * f.inputs, f.inputs}, packed1 + panel * f.inputs * width, width, FromZero{},
                 [&](long row, int rows, const Tile<kWide>& tile) {
                   finishHidden<KIND, SLOPE>(f, first, row, column, rows, tile, shift, h, slope, stride, before);
                 });
  }
}

/** The same from what `hiddenOf` left in `before`. */
template <Activation KIND>
inline void hiddenAgain(const FeedForward& f, long first, long count, const float* before, float* h, float* slope, long stride) {
  for (long row = 0; row < count; row++)
    for (long column = 0; column < f.hidden; column += kWide * kLanes) {
      Vector factors[kWide] = {};
      hiddenFactors(f, first + row, column, factors);
      for (int w = 0; w < kWide; w++) {
        const long at = column + w * kLanes, left = f.hidden - at, place = row * stride + at;
        const float* from = before + (first + row) * f.hidden + at;
        const Vector value = loadUpTo(from, left);
        storeActive<KIND, true>(value, factors[w], h + place, slope + place);
      }
    }
}

/** One panel of the hidden layer of all rows, without dropout. */
inline void hiddenPanel(const FeedForward& f, long panel, const float* packed, float* h, long stride) {
  constexpr long width = kWide * kLanes;
  withActivation(f.activation, [&](auto kind) {
    Vector shift[kWide];
    loadBias1(f, panel * width, shift);
    panelProduct(f.rows, f.inputs, {f.x, f.inputs}, packed, width, FromZero{}, [&](long row, int rows, const Tile<kWide>& tile) {
      for (int r = 0; r < rows; r++)
        for (int w = 0; w < kWide; w++)
          store(h + (row + r) * stride + w * kLanes, activate<decltype(kind)::value>(tile.sums[r][w] + shift[w]).value);
    });
  });
}

/**
 * Few rows and few outputs, as of a single image in a small model: the threads divide the hidden layer, each adds up what its
 * part of it gives, and nothing large goes from one core to the other. The threads' sums are added in their order.
 */
inline void feedForwardOfFew(const FeedForward& f, const float* bias2, const float* residual, float* y) {
  constexpr long width = kWide * kLanes, group = 8;
  const bool worth = (double)f.rows * f.inputs * f.hidden > kWorthDividing;
  const int parts = worth ? Threads::shared().count() : 1;
  const long size = f.rows * f.outputs;
  Scratch::Use scratch;
  float* sums = scratch.take(parts * size);
  const auto work = [&](int part) {
    Scratch::Use own;
    float* h = own.take(f.rows * group * width);
    float* packed = own.take((f.inputs > group * width ? f.inputs : group * width) * width);
    float* sum = sums + part * size;
    std::memset(sum, 0, size * sizeof(float));
    const Range range = partOf(panelsOf(f.hidden), part, parts);
    for (long first = range.first; first < range.end; first += group) {
      const long start = first * width, end = (first + group < range.end ? first + group : range.end) * width;
      const long depth = (end < f.hidden ? end : f.hidden) - start;
      for (long panel = first; panel * width < end; panel++) {
        packPanel({f.weight1, f.hidden}, 0, f.inputs, f.hidden, panel, packed);
        hiddenPanel(f, panel, packed, h + (panel - first) * width, group * width);
      }
      for (long panel = 0; panel < panelsOf(f.outputs); panel++) {
        float* to = sum + panel * width;
        const long left = f.outputs - panel * width;
        packPanel({f.weight2, f.outputs}, start, depth, f.outputs, panel, packed);
        panelProduct(
            f.rows, depth, {h, group * width}, packed, width,
            [&](long row, int rows, Tile<kWide>& tile) { loadTile(tile, to + row * f.outputs, f.outputs, rows, left); },
            [&](long row, int rows, const Tile<kWide>& tile) { storeTile(tile, to + row * f.outputs, f.outputs, rows, left); });
      }
    }
  };
  if (parts == 1) work(0);
  else Threads::shared().each(work);
  for (long row = 0; row < f.rows; row++)
    for (long column = 0; column < f.outputs; column++) {
      float total = bias2[column] + (residual ? residual[row * f.outputs + column] : 0);
      for (int part = 0; part < parts; part++) total += sums[part * size + row * f.outputs + column];
      y[row * f.outputs + column] = total;
    }
}

/** Whether one of the two weights takes more than a block of the hidden layer: too much to meet block after block. */
inline bool isLarge(const FeedForward& f) { return f.inputs * f.hidden > 4 * kHiddenTogether; }

/** Large weights, or few rows: one product after the other, so that each weight is read as seldom as can be. */
inline void feedForwardOfLarge(const FeedForward& f, const float* bias2, const float* residual, float* y, float* before) {
  Scratch::Use scratch;
  const long stride = apart(panelsOf(f.hidden) * kWide * kLanes);
  float* hidden = scratch.take(f.rows * stride);
  withActivation(f.activation, [&](auto kind) {
    product(f.rows, f.hidden, f.inputs, {f.x, f.inputs}, {f.weight1, f.hidden},
            [&](long row, long column, int rows, const Tile<kWide>& tile) {
              Vector shift[kWide];
              loadBias1(f, column, shift);
              finishHidden<decltype(kind)::value, false>(f, 0, row, column, rows, tile, shift, hidden, nullptr, stride, before);
            });
  });
  linear(f.rows, f.hidden, f.outputs, {hidden, stride}, f.weight2, bias2, residual, 0, y);
}

/**
 * The rows go through in blocks whose hidden layer never leaves the cache: in memory it would be the largest tensor of a
 * training step by far.
 */
inline void feedForward(const FeedForward& f, const float* bias2, const float* residual, float* y, float* before) {
  constexpr long width = kWide * kLanes;
  const bool worth = (double)f.rows * f.inputs * f.hidden > kWorthDividing;
  if (isFew(f.rows) && !f.keep.drops() && !before) {
    if (f.rows * f.outputs <= kHiddenTogether / 4) return feedForwardOfFew(f, bias2, residual, y);
    return feedForwardOfLarge(f, bias2, residual, y, nullptr);
  }
  if (isLarge(f)) return feedForwardOfLarge(f, bias2, residual, y, before);
  Scratch::Use scratch;
  float* packed1 = scratch.take(packedSize(f.inputs, f.hidden));
  float* packed2 = scratch.take(packedSize(f.hidden, f.outputs));
  pack({f.weight1, f.hidden}, f.inputs, f.hidden, packed1, worth);
  pack({f.weight2, f.outputs}, f.hidden, f.outputs, packed2, worth);
  const long together = rowsOfBlock(f.rows, f.hidden), stride = apart(panelsOf(f.hidden) * width);
  withActivation(f.activation, [&](auto kind) {
    share((f.rows + together - 1) / together, worth, [&](long block) {
      const long first = block * together, count = f.rows - first < together ? f.rows - first : together;
      Scratch::Use own;
      float* h = own.take(count * stride);
      hiddenOf<decltype(kind)::value, false>(f, first, count, packed1, h, nullptr, stride, before);
      for (long panel = 0; panel < panelsOf(f.outputs); panel++) {
        const long column = panel * width;
        panelProduct(
            count, f.hidden, {h, stride}, packed2 + panel * f.hidden * width, width,
            [&](long row, int rows, Tile<kWide>& tile) {
              const long left = f.outputs - column;
              loadTile(tile, bias2 + column, 0, rows, left);
              if (residual) addTile(tile, residual + (first + row) * f.outputs + column, f.outputs, rows, left);
            },
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
    const float* source = from + row * fromStride;
    float* place = to + row * stride;
    long column = 0;
    for (; column + kLanes <= columns; column += kLanes) store(place + column, load(source + column) * factor);
    if (column < columns) storePart(place + column, loadPart(source + column, columns - column) * factor, columns - column);
    std::memset(place + columns, 0, (stride - columns) * sizeof(float));
  }
}

/** The gradients where the weights are large: a product for each of the formulas. */
inline void feedForwardGradientOfLarge(const FeedForward& f, const float* dy, const float* before, const FeedForwardGradient& to) {
  Scratch::Use scratch;
  const long stride = apart(panelsOf(f.hidden) * kWide * kLanes);
  float* h = scratch.take(f.rows * stride);
  float* dHidden = scratch.take(f.rows * stride);
  withActivation(f.activation, [&](auto kind) {
    product(f.rows, f.hidden, f.outputs, {dy, f.outputs}, {f.weight2, f.outputs, true},
            [&](long row, long column, int rows, const Tile<kWide>& tile) {
              for (int r = 0; r < rows; r++) {
                Vector factors[kWide] = {};
                hiddenFactors(f, row + r, column, factors);
                for (int w = 0; w < kWide; w++) {
                  const long at = column + w * kLanes, left = f.hidden - at, place = (row + r) * stride + at;
                  const float* from = before + (row + r) * f.hidden + at;
                  const Active active = activate<decltype(kind)::value>(loadUpTo(from, left));
                  store(h + place, active.value * factors[w]);
                  store(dHidden + place, active.slope * factors[w] * tile.sums[r][w]);
                }
              }
            });
  });
  weightGradient(f.rows, f.hidden, f.outputs, {h, stride}, {dy, f.outputs}, to.dWeight2, to.dBias2);
  weightGradient(f.rows, f.inputs, f.hidden, {f.x, f.inputs}, {dHidden, stride}, to.dWeight1, to.dBias1);
  inputGradient(f.rows, f.inputs, f.hidden, f.weight1, {dHidden, stride}, to.dx);
}

/**
 * Each thread sums the gradients of its rows, and the threads' sums are added in their order. Where `before` is missing the
 * hidden layer is computed anew.
 */
inline void feedForwardGradient(const FeedForward& f, const float* dy, const float* before, const FeedForwardGradient& to) {
  if (before && isLarge(f)) return feedForwardGradientOfLarge(f, dy, before, to);
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
  if (!before) pack({f.weight1, f.hidden}, f.inputs, f.hidden, packed1, worth);
  pack({f.weight2, f.outputs, true}, f.outputs, f.hidden, packed2T, worth);
  pack({f.weight1, f.hidden, true}, f.hidden, f.inputs, packed1T, worth);
  const long together = rowsOfBlock(f.rows, f.hidden), stride = apart(panelsOf(f.hidden) * width);
  const long yStride = apart(panelsOf(f.outputs) * width);
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
        if (before) hiddenAgain<decltype(kind)::value>(f, first, count, before, h, dHidden, stride);
        else hiddenOf<decltype(kind)::value, true>(f, first, count, packed1, h, dHidden, stride);
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
