// y = x W + b; src/tensor/linear.ts has the formulas.
#pragma once

#include "activation.h"
#include "product.h"

namespace vitlab {

/** Below so many multiplications a second thread costs more than it brings. */
constexpr double kWorthDividing = 3e5;

/** Rows of A that go through all panels of B together, so that they stay in the second-level cache. */
inline long rowsTogether(long depth) {
  const long rows = 65536 / (depth > 0 ? depth : 1) / kRows * kRows;
  return rows < kRows * 4 ? kRows * 4 : rows > 256 ? 256 : rows;
}

/** Whether there are too few rows to pack all of B for: those of one image, say. */
inline bool isFew(long rows) { return rows < 128 * Threads::shared().count(); }

/**
 * C = A B for A `[rows, depth]` and B `[depth, columns]`, each either way round: `finish(row, column, count, tile)` gets every
 * tile once, whole.
 *
 * Many rows: the threads divide them, and B is packed once for all. Few rows, as of a single image: the threads divide the
 * columns and each packs its own, so that a large B is read once.
 */
template <typename Finish>
void product(long rows, long columns, long depth, const Matrix& a, const Matrix& b, const Finish& finish) {
  const long panels = panelsOf(columns), width = kWide * kLanes;
  const bool worth = (double)rows * columns * depth > kWorthDividing;
  const auto tiles = [&](long first, long end, long panel, const float* packed) {
    const Matrix part = {a.data + (a.transposed ? first : first * a.stride), a.stride, a.transposed};
    panelProduct(end - first, depth, part, packed, width, FromZero{}, [&](long row, int count, const Tile<kWide>& tile) {
      finish(first + row, panel * width, count, tile);
    });
  };
  if (isFew(rows) && panels >= 2 * Threads::shared().count()) {
    divide(panels, 1, worth, [&](long firstPanel, long endPanel) {
      Scratch::Use scratch;
      float* packed = scratch.take(depth * width);
      for (long panel = firstPanel; panel < endPanel; panel++) {
        packPanel(b, 0, depth, columns, panel, packed);
        tiles(0, rows, panel, packed);
      }
    });
    return;
  }
  Scratch::Use scratch;
  float* packed = scratch.take(packedSize(depth, columns));
  pack(b, depth, columns, packed, worth && (double)depth * columns > kWorthDividing);
  const long together = rowsTogether(depth);
  divide(rows, kRows, worth, [&](long first, long end) {
    for (long start = first; start < end; start += together)
      for (long panel = 0; panel < panels; panel++)
        tiles(start, start + together < end ? start + together : end, panel, packed + panel * depth * width);
  });
}

/**
 * y `[rows, outputs]` from x `[rows, inputs]`, W `[inputs, outputs]` and b, which may be missing, as may be `residual`, which is
 * added to y.
 */
inline void linear(long rows, long inputs, long outputs, const float* x, const float* weight, const float* bias,
                   const float* residual, int activation, float* y) {
  withActivation(activation, [&](auto kind) {
    product(rows, outputs, inputs, {x, inputs}, {weight, outputs},
            [&](long row, long column, int count, const Tile<kWide>& tile) {
              Tile<kWide> done = tile;
              for (int w = 0; w < kWide; w++) {
                const long at = column + w * kLanes, left = outputs - at;
                if (left <= 0) continue;
                Vector shift = {};
                if (bias) shift = left >= kLanes ? load(bias + at) : loadPart(bias + at, left);
                for (int r = 0; r < count; r++) done.sums[r][w] = activate<decltype(kind)::value>(done.sums[r][w] + shift).value;
              }
              if (residual) addTile(done, residual + row * outputs + column, outputs, count, outputs - column);
              storeTile(done, y + row * outputs + column, outputs, count, outputs - column);
            });
  });
}

/** Rows of the batch whose products are summed before a gradient in memory is touched again. */
constexpr long kRowsSummed = 256;

/** dW = xᵀ dy and, where wanted, db = Σ dy. Each thread has tiles of dW of its own, so that the sums have one order. */
inline void weightGradient(long rows, long inputs, long outputs, const float* x, const float* dy, float* dWeight, float* dBias) {
  if (rows == 0 || inputs == 0 || outputs == 0) {
    std::memset(dWeight, 0, inputs * outputs * sizeof(float));
    if (dBias) std::memset(dBias, 0, outputs * sizeof(float));
    if (rows == 0 || outputs == 0) return;
  }
  constexpr long width = kWide * kLanes;
  const long panels = panelsOf(outputs), tiles = (inputs + kRows - 1) / kRows;
  const long wanted = 2 * Threads::shared().count();
  long groups = panels >= wanted ? 1 : (wanted + panels - 1) / panels;
  if (groups > tiles) groups = tiles;
  const bool worth = (double)rows * inputs * outputs > kWorthDividing;
  share(panels * groups, worth, [&](long item) {
    const long panel = item / groups, group = item % groups, column = panel * width;
    const Range part = partOf(inputs, (int)group, (int)groups, kRows);
    Scratch::Use scratch;
    float* packed = scratch.take(kRowsSummed * width);
    Vector sums[kWide] = {};
    for (long first = 0; first < rows; first += kRowsSummed) {
      const long depth = rows - first < kRowsSummed ? rows - first : kRowsSummed;
      packPanel({dy, outputs}, first, depth, outputs, panel, packed);
      if (group == 0 && dBias)
        for (long k = 0; k < depth; k++)
          for (int w = 0; w < kWide; w++) sums[w] += load(packed + k * width + w * kLanes);
      const Matrix a = {x + first * inputs + part.first, inputs, true};
      float* to = dWeight + part.first * outputs + column;
      panelProduct(
          part.end - part.first, depth, a, packed, width,
          [&](long row, int count, Tile<kWide>& tile) {
            if (first > 0) loadTile(tile, to + row * outputs, outputs, count, outputs - column);
          },
          [&](long row, int count, const Tile<kWide>& tile) {
            storeTile(tile, to + row * outputs, outputs, count, outputs - column);
          });
    }
    if (group == 0 && dBias)
      for (int w = 0; w < kWide; w++) {
        const long left = outputs - column - w * kLanes;
        if (left > 0) storePart(dBias + column + w * kLanes, sums[w], left < kLanes ? left : kLanes);
      }
  });
}

/** dx = dy Wᵀ. */
inline void inputGradient(long rows, long inputs, long outputs, const float* weight, const float* dy, float* dx) {
  product(rows, inputs, outputs, {dy, outputs}, {weight, outputs, true},
          [&](long row, long column, int count, const Tile<kWide>& tile) {
            storeTile(tile, dx + row * inputs + column, inputs, count, inputs - column);
          });
}

}  // namespace vitlab
